-- Under which address a receipt names the list of states; of older receipts their form says it.
ALTER TABLE consent_receipt ADD COLUMN address TEXT;
