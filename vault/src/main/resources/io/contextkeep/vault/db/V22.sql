-- Events of older vaults, which have no body: of most vaults none, and that is known without a look at the others.
CREATE INDEX event_former ON event (body) WHERE body IS NULL;
