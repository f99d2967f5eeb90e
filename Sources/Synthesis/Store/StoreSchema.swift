import GRDB

/// The tables of a synthesis.
enum StoreSchema {
    /// Marks the file as ours: `avsy` in ASCII, in the header of the file.
    static let applicationID: Int32 = 0x6176_7379

    /// Makes the tables, or those that a later version adds.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: tables)
        }
        migrator.registerMigration("2") { database in
            // A hash of the settings that decide; empty where an earlier version works.
            try database.execute(sql: "ALTER TABLE owners ADD COLUMN settings TEXT NOT NULL DEFAULT ''")
            // These had the names of their stages, one of which is that of a gate of quality too.
            try database.execute(
                sql: """
                    UPDATE samples SET gate = 'malformed ' || gate
                    WHERE state = 'rejected' AND gate IN ('description', 'reasoning', 'anchors')
                        AND (reason LIKE '%, in _% tries' OR reason LIKE '%, in 1 try')
                    """)
        }
        return migrator
    }

    private static let tables = """
        CREATE TABLE samples (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            place TEXT NOT NULL,
            fingerprint TEXT NOT NULL, -- of the question and of all settings that decide
            state TEXT NOT NULL, -- waiting, accepted, rejected
            owner TEXT, -- who works on it
            gate TEXT, -- of a rejection: the gate, or 'input', 'endpoint', 'malformed description' and so on
            reason TEXT,
            rounds INTEGER NOT NULL DEFAULT 0,
            requests TEXT, -- JSON: stage, attempt and hash of everything asked for it, in order
            verdicts TEXT, -- JSON: of the last round
            is_present INTEGER NOT NULL DEFAULT 1
        ) STRICT;
        CREATE INDEX samples_by_state ON samples (state, owner);
        CREATE TABLE responses (
            hash TEXT PRIMARY KEY NOT NULL, -- SHA-256 of model, messages, digests of pictures, sampling and attempt
            stage TEXT NOT NULL,
            model TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            request TEXT NOT NULL, -- JSON, digests in place of pictures
            text TEXT NOT NULL,
            finish TEXT NOT NULL,
            prompt_tokens INTEGER NOT NULL,
            new_tokens INTEGER NOT NULL,
            is_counted INTEGER NOT NULL, -- 0 if the endpoint gave no usage and the tokens are estimates
            cost REAL NOT NULL,
            tries INTEGER NOT NULL,
            seconds REAL NOT NULL, -- of the try that was answered
            time INTEGER NOT NULL -- milliseconds since 1970
        ) STRICT;
        CREATE TABLE asking (
            hash TEXT PRIMARY KEY NOT NULL,
            owner TEXT NOT NULL
        ) STRICT;
        CREATE TABLE owners (
            owner TEXT PRIMARY KEY NOT NULL,
            pid INTEGER NOT NULL,
            started TEXT NOT NULL, -- when the process began, as the system counts
            boot TEXT NOT NULL,
            seen REAL NOT NULL, -- seconds since 1970
            lease REAL NOT NULL -- seconds
        ) STRICT;
        CREATE TABLE totals (
            stage TEXT PRIMARY KEY NOT NULL,
            requests INTEGER NOT NULL DEFAULT 0, -- every try
            failures INTEGER NOT NULL DEFAULT 0,
            answers INTEGER NOT NULL DEFAULT 0,
            prompt_tokens INTEGER NOT NULL DEFAULT 0,
            new_tokens INTEGER NOT NULL DEFAULT 0,
            cost REAL NOT NULL DEFAULT 0,
            seconds REAL NOT NULL DEFAULT 0
        ) STRICT;
        INSERT INTO totals (stage) VALUES ('description'), ('reasoning'), ('anchors');
        """
}
