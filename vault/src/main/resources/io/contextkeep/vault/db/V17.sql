-- The receipt codes that customers chose for their erasures, each as a hash: they lead to the certificate after a lost reply.
CREATE TABLE erasure_code (hash BLOB PRIMARY KEY, certificate TEXT NOT NULL) STRICT, WITHOUT ROWID;
