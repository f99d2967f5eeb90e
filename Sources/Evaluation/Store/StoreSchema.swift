import GRDB

/// The tables of a run's database.
///
/// Texts that a model may write are bound as bytes and cast (``WholeText``), because a text ends at its first zero byte on the way
/// into SQLite and out of it, and a model can write one.
enum StoreSchema {
    /// Marks the file as ours: `avar` in ASCII, in the header of the file.
    static let applicationID: Int32 = 0x6176_6172

    /// Makes the tables, or those that a later version adds.
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1") { database in
            try database.execute(sql: "PRAGMA application_id = \(applicationID)")
            try database.execute(sql: tables)
        }
        return migrator
    }

    private static let tables = """
        CREATE TABLE settings (
            name TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL,
            position INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE questions (
            id INTEGER PRIMARY KEY,
            benchmark TEXT NOT NULL,
            "index" TEXT NOT NULL,
            prompt TEXT NOT NULL,
            pictures TEXT NOT NULL, -- JSON: digests
            exercise TEXT NOT NULL, -- JSON
            columns TEXT NOT NULL, -- JSON: name and value of each
            UNIQUE (benchmark, "index")
        ) STRICT;
        CREATE TABLE answers (
            question INTEGER NOT NULL REFERENCES questions (id),
            sample INTEGER NOT NULL,
            text TEXT,
            finish TEXT,
            prompt_tokens INTEGER,
            new_tokens INTEGER,
            seconds REAL NOT NULL,
            seed INTEGER,
            attention TEXT, -- JSON
            token_scores BLOB, -- float32, little-endian
            error TEXT,
            PRIMARY KEY (question, sample),
            CHECK ((text IS NULL) = (error IS NOT NULL) AND (text IS NULL) = (finish IS NULL))
        ) STRICT;
        CREATE TABLE verdicts (
            question INTEGER NOT NULL,
            sample INTEGER NOT NULL,
            reading TEXT NOT NULL,
            extracted TEXT,
            correct INTEGER NOT NULL,
            PRIMARY KEY (question, sample, reading),
            FOREIGN KEY (question, sample) REFERENCES answers (question, sample)
        ) STRICT;
        CREATE TABLE judge_replies (
            digest TEXT PRIMARY KEY NOT NULL,
            model TEXT NOT NULL,
            words TEXT NOT NULL,
            tries INTEGER NOT NULL,
            seconds REAL NOT NULL,
            time INTEGER NOT NULL -- seconds since 1970
        ) STRICT;
        """
}
