"""The tables of the record as numbered migrations; what was released never changes. Knows no code that reads them."""

from __future__ import annotations

from .schema_first import FIRST

MIGRATIONS: tuple[str, ...] = (
    *FIRST,
    # 17: groups; grants to users and groups, each with a level: until now an editor's let write, a reader's read; and
    # from whom documents are hidden.
    """
    CREATE TABLE groups (name TEXT PRIMARY KEY, created_at TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE members (
        group_name TEXT NOT NULL REFERENCES groups(name) ON DELETE CASCADE ON UPDATE CASCADE,
        user TEXT NOT NULL REFERENCES users(name) ON DELETE CASCADE, PRIMARY KEY (group_name, user)) WITHOUT ROWID;
    CREATE INDEX members_by_user ON members(user);
    ALTER TABLE grants RENAME TO grants_of_before;
    CREATE TABLE grants (
        user TEXT REFERENCES users(name) ON DELETE CASCADE,
        group_name TEXT REFERENCES groups(name) ON DELETE CASCADE ON UPDATE CASCADE,
        collection TEXT NOT NULL, level TEXT NOT NULL CHECK (level IN ('read', 'write', 'manage')),
        CHECK ((user IS NULL) <> (group_name IS NULL)), UNIQUE (user, collection), UNIQUE (group_name, collection));
    INSERT INTO grants SELECT g.user, NULL, g.collection, CASE u.role WHEN 'reader' THEN 'read' ELSE 'write' END
        FROM grants_of_before g JOIN users u ON u.name = g.user;
    DROP TABLE grants_of_before;
    CREATE TABLE hidden (
        document TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE ON UPDATE CASCADE,
        user TEXT REFERENCES users(name) ON DELETE CASCADE,
        group_name TEXT REFERENCES groups(name) ON DELETE CASCADE ON UPDATE CASCADE,
        CHECK ((user IS NULL) <> (group_name IS NULL)), UNIQUE (document, user), UNIQUE (document, group_name));
    CREATE INDEX hidden_by_user ON hidden(user);
    CREATE INDEX hidden_by_group ON hidden(group_name);
    """,
    # 18: the audit trail, a chain of hashes (`audit_chain.py`): added to at its end and never changed; its oldest
    # entries go once a later one says so. What happens to documents is noted by the database itself, by whatever way
    # they come and go, and put into the chain under a name that may be shown.
    """
    CREATE TABLE audit (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL, object TEXT NOT NULL,
        detail TEXT NOT NULL, previous TEXT NOT NULL, hash TEXT NOT NULL);
    CREATE INDEX audit_by_act ON audit(act);
    CREATE INDEX audit_by_actor ON audit(actor);
    CREATE INDEX audit_by_object ON audit(object);
    CREATE TRIGGER audit_added BEFORE INSERT ON audit WHEN new.seq <= (SELECT max(seq) FROM audit) BEGIN
        SELECT RAISE(ABORT, 'the audit trail is only added to at its end'); END;
    CREATE TRIGGER audit_unchanged BEFORE UPDATE ON audit BEGIN
        SELECT RAISE(ABORT, 'the audit trail is never changed'); END;
    CREATE TRIGGER audit_kept BEFORE DELETE ON audit
        WHEN old.seq >
            (SELECT coalesce(max(json_extract(detail, '$.to')), 0) FROM audit WHERE act = 'audit.prune') BEGIN
        SELECT RAISE(ABORT, 'the audit trail keeps its entries'); END;
    CREATE TABLE audit_due (
        seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, actor TEXT NOT NULL, act TEXT NOT NULL,
        object TEXT NOT NULL, detail TEXT NOT NULL);
    CREATE TRIGGER audit_of_document AFTER INSERT ON documents BEGIN
        INSERT INTO audit_due (at, actor, act, object, detail) VALUES (
            strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), new.added_by, 'document.' || new.status, new.id,
            json_object('collection', new.collection, 'sha256', new.sha256, 'kind', new.kind)); END;
    CREATE TRIGGER audit_of_state AFTER UPDATE OF status ON documents
        WHEN old.status <> new.status AND 'removed' NOT IN (old.status, new.status) BEGIN
        INSERT INTO audit_due (at, actor, act, object, detail) VALUES (
            strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), new.added_by, 'document.' || new.status, new.id,
            json_object('collection', new.collection, 'sha256', new.sha256, 'kind', new.kind)); END;
    CREATE TRIGGER audit_of_purge AFTER DELETE ON documents BEGIN
        INSERT INTO audit_due (at, actor, act, object, detail) VALUES (
            strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now'), '', 'document.purged', old.id,
            json_object('collection', old.collection, 'sha256', old.sha256)); END;
    """,
    # 19: deletions whose bytes may still lie in files of the indexes (`sweep.py`); of before, in all.
    """
    CREATE TABLE remains (seq INTEGER PRIMARY KEY AUTOINCREMENT, collection TEXT NOT NULL);
    INSERT INTO remains (collection) SELECT id FROM collections;
    CREATE TRIGGER remains_of_document AFTER DELETE ON documents BEGIN
        INSERT INTO remains (collection) VALUES (old.collection); END;
    CREATE TRIGGER remains_of_moved AFTER UPDATE OF collection ON documents WHEN old.collection <> new.collection BEGIN
        INSERT INTO remains (collection) VALUES (old.collection); END;
    """,
    # 20: what of a document seems written for a language model: how many words of it no reader sees, how many of its
    # passages give orders; and those words, page by page. They go where the document goes.
    """
    CREATE TABLE suspicions (
        document TEXT PRIMARY KEY REFERENCES documents(id) ON DELETE CASCADE ON UPDATE CASCADE,
        words INTEGER NOT NULL, orders INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE unseen (
        document TEXT NOT NULL REFERENCES documents(id) ON DELETE CASCADE ON UPDATE CASCADE,
        ordinal INTEGER NOT NULL, page INTEGER NOT NULL, how TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (document, ordinal)) WITHOUT ROWID;
    """,
    # 21: passwords (argon2id), tries of them in the last 15 minutes (hashes of names, `throttle.py`), what a token is
    # for (those of before for all that their user may), and how a session was opened.
    """
    CREATE TABLE passwords (
        user TEXT PRIMARY KEY REFERENCES users(name) ON DELETE CASCADE, hash TEXT NOT NULL,
        changed_at TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE tries (account TEXT NOT NULL, address TEXT NOT NULL, at REAL NOT NULL);
    CREATE INDEX tries_by_account ON tries(account, at);
    CREATE INDEX tries_by_address ON tries(address, at);
    CREATE INDEX tries_by_time ON tries(at);
    ALTER TABLE secrets ADD COLUMN scope TEXT NOT NULL DEFAULT 'admin';
    ALTER TABLE secrets ADD COLUMN how TEXT NOT NULL DEFAULT '';
    """,
    # 22: users who come from a directory or provider: bound to a person there at the first sign-in, until then awaited.
    """
    CREATE TABLE identities (
        user TEXT PRIMARY KEY REFERENCES users(name) ON DELETE CASCADE,
        source TEXT NOT NULL CHECK (source IN ('ldap', 'oidc')), issuer TEXT, subject TEXT,
        CHECK ((issuer IS NULL) = (subject IS NULL)), UNIQUE (issuer, subject)) WITHOUT ROWID;
    """,
    # 23: which grants go with the role, as no level was named with them: of before all that have the role's.
    """
    ALTER TABLE grants ADD COLUMN follows INTEGER NOT NULL DEFAULT 0;
    UPDATE grants SET follows = 1 WHERE level =
        (SELECT CASE WHEN role IN ('reader', 'auditor') THEN 'read' ELSE 'write' END FROM users WHERE name = user);
    """,
    # 24: from whom documents were hidden that left their place (`hidings.py`), by what would come back there.
    """
    CREATE TABLE hidings (
        key TEXT NOT NULL, document TEXT NOT NULL,
        collection TEXT NOT NULL REFERENCES collections(id) ON DELETE CASCADE,
        user TEXT REFERENCES users(name) ON DELETE CASCADE,
        group_name TEXT REFERENCES groups(name) ON DELETE CASCADE ON UPDATE CASCADE, at TEXT NOT NULL,
        CHECK ((user IS NULL) <> (group_name IS NULL)), UNIQUE (key, user), UNIQUE (key, group_name));
    """,
    # 25: since when a person bound to a user is no longer in the directory: the user is disabled until they are.
    """
    ALTER TABLE identities ADD COLUMN gone_at TEXT;
    """,
    # 26: of a deleted document pieces of words (t) and vectors (v), in hex, from at most three passages: by these
    # `leftovers.py` looks whether anything is left of it; and since when it waits to be wiped.
    """
    ALTER TABLE remains ADD COLUMN at TEXT NOT NULL DEFAULT '';
    ALTER TABLE remains ADD COLUMN traces TEXT NOT NULL DEFAULT '';
    DROP TRIGGER remains_of_document;
    DROP TRIGGER remains_of_moved;
    CREATE TRIGGER remains_of_document BEFORE DELETE ON documents BEGIN
        INSERT INTO remains (collection, at, traces) SELECT old.collection, datetime('now'), coalesce(group_concat(
            't' || hex(CAST(substr(text, length(text) / 2, 32) AS BLOB)) || ' v' ||
            hex(substr(vector, length(vector) / 2 + 1, 32)), ' '), '') FROM chunks
            WHERE document = old.id
            AND ordinal % (1 + (SELECT max(ordinal) FROM chunks WHERE document = old.id) / 3) = 0; END;
    CREATE TRIGGER remains_of_moved AFTER UPDATE OF collection ON documents WHEN old.collection <> new.collection BEGIN
        INSERT INTO remains (collection, at) VALUES (old.collection, datetime('now')); END;
    """,
)
