"""The first 16 migrations of the record (`schema.py`), which never change. Knows no code that reads the tables."""

from __future__ import annotations

FIRST: tuple[str, ...] = (
    # 1: the first schema. An outbox row says "make the indexes agree with the record about this document".
    """
    CREATE TABLE collections (
        id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, encoder TEXT NOT NULL DEFAULT '',
        created_at TEXT NOT NULL);
    CREATE TABLE documents (
        id TEXT PRIMARY KEY, collection TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
        sha256 TEXT NOT NULL, title TEXT NOT NULL, kind TEXT NOT NULL, pages INTEGER NOT NULL,
        size INTEGER NOT NULL, language TEXT NOT NULL, status TEXT NOT NULL, reason TEXT NOT NULL,
        added_at TEXT NOT NULL, added_by TEXT NOT NULL);
    CREATE INDEX documents_by_collection ON documents(collection);
    CREATE TABLE files (
        collection TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE, file TEXT NOT NULL,
        document TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        PRIMARY KEY (collection, file)) WITHOUT ROWID;
    CREATE INDEX files_by_document ON files(document);
    CREATE TABLE chunks (
        id TEXT PRIMARY KEY, document TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        ordinal INTEGER NOT NULL, page INTEGER NOT NULL, kind TEXT NOT NULL, section TEXT NOT NULL,
        context TEXT NOT NULL, text TEXT NOT NULL, head INTEGER NOT NULL, marks TEXT NOT NULL, vector BLOB NOT NULL);
    CREATE UNIQUE INDEX chunks_by_document ON chunks(document, ordinal);
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL, document TEXT);
    CREATE TABLE users (
        name TEXT PRIMARY KEY, role TEXT NOT NULL, created_at TEXT NOT NULL);
    CREATE TABLE grants (
        user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, collection TEXT NOT NULL,
        PRIMARY KEY (user, collection)) WITHOUT ROWID;
    CREATE TABLE secrets (
        hash TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE,
        kind TEXT NOT NULL CHECK (kind IN ('token', 'session', 'login')),
        created_at TEXT NOT NULL, expires_at TEXT);
    """,
    # 2: where the headings in a passage are. Passages of before have none until their file is ingested again.
    "ALTER TABLE chunks ADD COLUMN titles TEXT NOT NULL DEFAULT '[]'",
    # 3: what people asked and were answered, and what they thought of it.
    """
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY, user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, title TEXT NOT NULL,
        created_at TEXT NOT NULL, changed_at TEXT NOT NULL);
    CREATE INDEX conversations_by_user ON conversations(user, changed_at);
    CREATE TABLE turns (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
        conversation TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        question TEXT NOT NULL, asked TEXT NOT NULL, collection TEXT NOT NULL, asked_at TEXT NOT NULL,
        answer TEXT NOT NULL DEFAULT '', refused INTEGER NOT NULL DEFAULT 0, stopped INTEGER NOT NULL DEFAULT 1,
        citations TEXT NOT NULL DEFAULT '[]', cited TEXT NOT NULL DEFAULT '[]', timings TEXT NOT NULL DEFAULT '{}',
        thumb TEXT NOT NULL DEFAULT '', file TEXT NOT NULL DEFAULT '', page INTEGER NOT NULL DEFAULT 0);
    CREATE INDEX turns_by_conversation ON turns(conversation, seq);
    """,
    # 4: who put each name there, and what the folder mirror saw. A mirror whose collection was deleted keeps its row,
    # without collection, so that the folder does not bring back what somebody deleted.
    """
    ALTER TABLE files ADD COLUMN added_by TEXT NOT NULL DEFAULT '';
    CREATE TABLE mirrors (
        id INTEGER PRIMARY KEY, folder TEXT NOT NULL, name TEXT NOT NULL,
        collection TEXT REFERENCES collections(id) ON DELETE SET NULL,
        identity TEXT NOT NULL DEFAULT '', alarm TEXT NOT NULL DEFAULT '', alarm_at TEXT NOT NULL DEFAULT '',
        UNIQUE (folder, name));
    CREATE TABLE mirrored (
        mirror INTEGER NOT NULL REFERENCES mirrors(id) ON DELETE CASCADE, file TEXT NOT NULL, stamp TEXT NOT NULL,
        sha256 TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (mirror, file)) WITHOUT ROWID;
    """,
    # 5: users can be disabled; a token is known in lists by its first characters (none of before) and its last use.
    """
    ALTER TABLE users ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE secrets ADD COLUMN prefix TEXT NOT NULL DEFAULT '';
    ALTER TABLE secrets ADD COLUMN used_at TEXT;
    """,
    # 6: what a document was (names, status) that is deleted but can be called back for some seconds.
    "ALTER TABLE documents ADD COLUMN gone TEXT NOT NULL DEFAULT ''",
    # 7: which answers rest on which documents, so that their words go with the document. Answers of before whose
    # document is gone by now lose all of their words.
    """
    CREATE TABLE rests (
        turn TEXT NOT NULL REFERENCES turns(id) ON DELETE CASCADE, document TEXT NOT NULL,
        PRIMARY KEY (turn, document)) WITHOUT ROWID;
    CREATE INDEX rests_by_document ON rests(document);
    INSERT OR IGNORE INTO rests
        SELECT t.id, json_extract(c.value, '$[1]') FROM turns t, json_each(t.citations) c;
    UPDATE turns SET answer = '…', cited = '[]', citations = (
        SELECT json_group_array(json_array(json_extract(c.value, '$[0]'), '', json_extract(c.value, '$[2]'),
            json_extract(c.value, '$[3]'), '', '', json('[]'))) FROM json_each(turns.citations) c)
        WHERE id IN (SELECT turn FROM rests WHERE document NOT IN (SELECT id FROM documents));
    DELETE FROM rests WHERE turn IN (SELECT turn FROM rests WHERE document NOT IN (SELECT id FROM documents));
    """,
    # 8: who wrote an answer, and which of its sentences no passage supports.
    "ALTER TABLE turns ADD COLUMN written TEXT NOT NULL DEFAULT '{}'",
    # 9: how often the documents and file names of a collection changed: kept answers hold for one such state.
    # Triggers, so that no writer can forget it; the row stands before they run, for a trigger takes on its
    # statement's OR REPLACE.
    """
    CREATE TABLE versions (collection TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO versions SELECT id, 0 FROM collections;
    CREATE TRIGGER version_begins AFTER INSERT ON collections BEGIN
        INSERT INTO versions VALUES (new.id, 0); END;
    CREATE TRIGGER version_ends AFTER DELETE ON collections BEGIN
        DELETE FROM versions WHERE collection = old.id; END;
    CREATE TRIGGER version_by_outbox AFTER INSERT ON outbox BEGIN
        UPDATE versions SET version = version + 1 WHERE collection = new.collection; END;
    CREATE TRIGGER version_by_name AFTER INSERT ON files BEGIN
        UPDATE versions SET version = version + 1 WHERE collection = new.collection; END;
    CREATE TRIGGER version_by_name_gone AFTER DELETE ON files BEGIN
        UPDATE versions SET version = version + 1 WHERE collection = old.collection; END;
    """,
    # 10: what was done with adapters: by whom, to which, with what result and why. `detail` is JSON.
    """
    CREATE TABLE adapter_records (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
        object TEXT NOT NULL, result TEXT NOT NULL, reason TEXT NOT NULL, detail TEXT NOT NULL);
    CREATE INDEX adapter_records_by_object ON adapter_records(object, act);
    """,
    # 11: who is shown personal data: policies by role (its name) and collection (its id), what an admin added to the
    # rules (JSON), who changed what, and counts: of what was taken out, and of answers that nothing was taken out of.
    """
    CREATE TABLE privacy_policies (
        kind TEXT NOT NULL CHECK (kind IN ('role', 'collection')), name TEXT NOT NULL, style TEXT NOT NULL,
        PRIMARY KEY (kind, name)) WITHOUT ROWID;
    CREATE TRIGGER privacy_ends AFTER DELETE ON collections BEGIN
        DELETE FROM privacy_policies WHERE kind = 'collection' AND name = old.id; END;
    CREATE TABLE privacy_custom (one INTEGER PRIMARY KEY CHECK (one = 1), custom TEXT NOT NULL);
    CREATE TABLE privacy_changes (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, kind TEXT NOT NULL,
        name TEXT NOT NULL, before TEXT NOT NULL, after TEXT NOT NULL);
    CREATE TABLE privacy_counts (
        day TEXT NOT NULL, collection TEXT NOT NULL, entity TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (day, collection, entity)) WITHOUT ROWID;
    CREATE TABLE privacy_open (
        day TEXT NOT NULL, collection TEXT NOT NULL, role TEXT NOT NULL, answers INTEGER NOT NULL,
        PRIMARY KEY (day, collection, role)) WITHOUT ROWID;
    """,
    # 12: what a document is (JSON, `types.Profile`), by rules and by people; documents of before have none until they
    # are read again. It goes where the document goes, and answers given before hold until it changes; a first row is
    # a change too: documents of before get theirs when a person says something of them.
    """
    CREATE TABLE profiles (
        document TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE ON UPDATE CASCADE,
        profile TEXT NOT NULL) WITHOUT ROWID;
    CREATE TRIGGER version_by_profile AFTER UPDATE ON profiles BEGIN
        UPDATE versions SET version = version + 1
            WHERE collection = (SELECT collection FROM documents WHERE id = new.document); END;
    CREATE TRIGGER version_by_profile_begun AFTER INSERT ON profiles BEGIN
        UPDATE versions SET version = version + 1
            WHERE collection = (SELECT collection FROM documents WHERE id = new.document); END;
    """,
    # 13: what the company calls things: a term and its other names (JSON list). `key` is the term without case and
    # widths, so that each has one row.
    """
    CREATE TABLE glossary (
        id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, term TEXT NOT NULL, names TEXT NOT NULL,
        changed_at TEXT NOT NULL, changed_by TEXT NOT NULL);
    """,
    # 14: documents of which a part is recorded: the rest was under way, or was not when the process ended.
    """
    CREATE TABLE begun (
        document TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE ON UPDATE CASCADE) WITHOUT ROWID;
    """,
    # 15: where a collection's answers are refused (JSON, `calibrations.py`); kept answers hold until it changes.
    """
    CREATE TABLE calibrations (
        collection TEXT PRIMARY KEY REFERENCES collections(id) ON DELETE CASCADE,
        calibration TEXT NOT NULL) WITHOUT ROWID;
    CREATE TRIGGER version_by_border AFTER INSERT ON calibrations BEGIN
        UPDATE versions SET version = version + 1 WHERE collection = new.collection; END;
    CREATE TRIGGER version_by_border_gone AFTER DELETE ON calibrations BEGIN
        UPDATE versions SET version = version + 1 WHERE collection = old.collection; END;
    """,
    # 16: with which reading a document was recorded (`readings.py`; 0 is any of before), and which of those that an
    # older one recorded wait to be read again, for whom.
    """
    ALTER TABLE documents ADD COLUMN reading INTEGER NOT NULL DEFAULT 0;
    CREATE TABLE rereads (
        document TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE ON UPDATE CASCADE,
        added_by TEXT NOT NULL) WITHOUT ROWID;
    """,
)
