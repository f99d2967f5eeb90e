import ChatServer
import Foundation
import GRDB
import Synthesis
import Testing

@Suite struct StoreTests {
    @Test func aStoreOfALaterVersionIsRefused() async throws {
        try await withFolder { folder in
            let store = try SynthesisStore(folder)
            try store.close()
            let queue = try DatabaseQueue(path: store.url.path)
            try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations (identifier) VALUES ('99')") }
            try queue.close()
            #expect { () throws in try SynthesisStore(folder) } throws: {
                $0.localizedDescription
                    == "\(store.url.path) is of a later version of avar; give another folder as output."
            }
        }
    }

    @Test func theStoreOfTheFirstVersionIsTakenOver() async throws {
        try await withFolder { folder in
            let store = try SynthesisStore(folder)
            try store.close()
            let queue = try DatabaseQueue(path: store.url.path)
            try await queue.write { database in
                try database.execute(
                    sql: """
                        ALTER TABLE owners DROP COLUMN settings;
                        DELETE FROM grdb_migrations WHERE identifier = '2';
                        INSERT INTO samples (key, place, fingerprint, state, gate, reason) VALUES
                            ('a', '', '', 'rejected', 'anchors', 'the reply has no <think>, in 3 tries'),
                            ('b', '', '', 'rejected', 'anchors', '1 anchor, 2 are wanted'),
                            ('c', '', '', 'rejected', 'reasoning', 'the reply is empty, in 1 try'),
                            ('d', '', '', 'rejected', 'endpoint', 'anchors: it gave no answer, after 3 tries')
                        """)
            }
            try queue.close()
            let again = try SynthesisStore(folder)
            #expect(
                try again.funnel().rejectedBy == [
                    "malformed anchors": 1, "anchors": 1, "malformed reasoning": 1, "endpoint": 1,
                ])
            try again.close()
        }
    }

    @Test func theDatabaseOfAnotherProgramIsRefused() async throws {
        try await withFolder { folder in
            let path = folder.appendingPathComponent(SynthesisStore.fileName).path
            let queue = try DatabaseQueue(path: path)
            try await queue.write { try $0.execute(sql: "CREATE TABLE notes (text TEXT)") }
            try queue.close()
            #expect { () throws in try SynthesisStore(folder) } throws: {
                $0.localizedDescription.contains("is the database of another program")
            }
            try Data("no database at all, but a text of some length, which nobody wants to lose".utf8).write(
                to: URL(fileURLWithPath: path))
            #expect { () throws in try SynthesisStore(folder) } throws: {
                $0.localizedDescription.contains("is damaged")
            }
            #expect { () throws in try SynthesisStore(reading: folder.appendingPathComponent("x")) } throws: {
                $0.localizedDescription.contains("There is no synthesis in")
            }
        }
    }

    @Test func commitsAreFlushed() async throws {
        try await withFolder { folder in
            let store = try SynthesisStore(folder)
            let queue = try DatabaseQueue(path: store.url.path)
            let mode = try await queue.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
            #expect(mode == "wal")
            try store.close()
            try queue.close()
        }
    }
}
