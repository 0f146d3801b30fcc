/**
 * The tables of the outbox. Each entry brings a database from the version before to the next: add one at the end, never
 * change one that was published. `PRAGMA user_version` holds how many were applied.
 *
 * - `session`: one process's use of the outbox.
 * - `object`: what items belong to. `seen`: digests of all items that were ever committed, by object in parts; each part
 *   says for which destinations its items were filed. Numbers in `entries` are pairs of doubles: id, digest.
 * - `item`: what at least one destination still needs. `pending` and `parked` say which; `lease` keeps an object of a
 *   destination for the session that is sending it.
 * - `ledger`: what became of the items of an object at a destination, and the sink's state for it.
 * - `account`, `reason`: the same by session, for the equation produced = delivered + waiting + rejected + dropped.
 * - `push`: the account of the last push of metrics. `instrument`, `series`: the cumulative metrics themselves.
 * - `note`: what a source of events remembers, such as which logs it has told.
 * - `draft`: spans under way. `subject`: what people call an object. `superseded`: content that came too late.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

  CREATE TABLE session (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    host TEXT NOT NULL,
    pid INTEGER NOT NULL,
    started TEXT,
    at REAL NOT NULL
  );
  INSERT INTO session VALUES (0, '', 0, NULL, 0);

  CREATE TABLE destination (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    sink TEXT NOT NULL,
    address TEXT,
    takes TEXT NOT NULL,
    grouped INTEGER NOT NULL,
    failures INTEGER NOT NULL DEFAULT 0,
    retry_at REAL NOT NULL DEFAULT 0,
    error TEXT,
    error_at REAL,
    delivered_at REAL
  );

  CREATE TABLE object (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, last REAL);
  CREATE TABLE seen (
    object INTEGER NOT NULL,
    part INTEGER NOT NULL,
    filed TEXT NOT NULL,
    entries BLOB NOT NULL,
    PRIMARY KEY (object, part)
  ) WITHOUT ROWID;

  CREATE TABLE item (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    object INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    time REAL NOT NULL,
    digest TEXT NOT NULL,
    rule TEXT NOT NULL,
    at REAL NOT NULL,
    json TEXT NOT NULL
  );

  CREATE TABLE pending (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    object INTEGER NOT NULL,
    session INTEGER NOT NULL,
    size INTEGER NOT NULL,
    grouped INTEGER NOT NULL,
    PRIMARY KEY (destination, seq)
  ) WITHOUT ROWID;
  CREATE INDEX pending_grouped ON pending (destination, object, seq) WHERE grouped = 1;

  CREATE TABLE parked (
    destination INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    object INTEGER NOT NULL,
    session INTEGER NOT NULL,
    size INTEGER NOT NULL,
    reason TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (destination, seq)
  ) WITHOUT ROWID;

  CREATE TABLE lease (
    destination INTEGER NOT NULL,
    object INTEGER NOT NULL,
    session INTEGER NOT NULL,
    until REAL NOT NULL,
    PRIMARY KEY (destination, object)
  ) WITHOUT ROWID;

  CREATE TABLE ledger (
    destination INTEGER NOT NULL,
    object INTEGER NOT NULL,
    filed INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    at REAL,
    state TEXT,
    PRIMARY KEY (destination, object)
  ) WITHOUT ROWID;

  CREATE TABLE account (
    destination INTEGER NOT NULL,
    session INTEGER NOT NULL,
    produced INTEGER NOT NULL DEFAULT 0,
    delivered INTEGER NOT NULL DEFAULT 0,
    waiting INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    dropped INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (destination, session)
  ) WITHOUT ROWID;
  CREATE TABLE reason (
    destination INTEGER NOT NULL,
    session INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    count INTEGER NOT NULL,
    names TEXT NOT NULL,
    PRIMARY KEY (destination, session, outcome, reason)
  ) WITHOUT ROWID;

  CREATE TABLE push (
    destination INTEGER PRIMARY KEY,
    produced INTEGER NOT NULL,
    delivered INTEGER NOT NULL,
    waiting INTEGER NOT NULL,
    rejected INTEGER NOT NULL,
    dropped INTEGER NOT NULL,
    reasons TEXT NOT NULL
  );
  CREATE TABLE instrument (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE series (
    instrument TEXT NOT NULL,
    attributes TEXT NOT NULL,
    start REAL NOT NULL,
    seen REAL NOT NULL,
    data TEXT NOT NULL,
    PRIMARY KEY (instrument, attributes)
  ) WITHOUT ROWID;

  CREATE TABLE draft (
    object INTEGER NOT NULL,
    id TEXT NOT NULL,
    session INTEGER NOT NULL,
    time REAL NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (object, id)
  ) WITHOUT ROWID;

  CREATE TABLE subject (
    uuid TEXT PRIMARY KEY,
    object INTEGER NOT NULL,
    task TEXT NOT NULL,
    sample TEXT NOT NULL,
    epoch INTEGER NOT NULL,
    at REAL NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX subject_name ON subject (task, sample, epoch);

  CREATE TABLE superseded (
    object INTEGER NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (object, id)
  ) WITHOUT ROWID;
  `,
  `
  CREATE TABLE note (
    source TEXT NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (source, name)
  ) WITHOUT ROWID;
  `,
]
