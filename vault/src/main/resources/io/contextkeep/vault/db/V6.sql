-- Each app and attribute as it was registered, each time: what could be asked for, and how long it was kept, at any time since.
CREATE TABLE registration (
  kind TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, json TEXT NOT NULL, at INTEGER NOT NULL,
  said_by TEXT NOT NULL, request TEXT NOT NULL, PRIMARY KEY (kind, name, version)) STRICT;
