import DurableFiles
import Foundation
import GRDB

/// Everything that a synthesis has asked and was answered, and how far each sample is: one SQLite database.
///
/// The database keeps a write-ahead log and flushes it at every commit (`synchronous = FULL`): an answer costs money,
/// and with `NORMAL` a power cut takes back everything since the last checkpoint. Commits are put together
/// (``GroupedWriter``), so that the flush is paid once for many answers. Several processes may work on one store.
public final class SynthesisStore: Sendable {
    /// The SQLite file; its write-ahead log may lie beside it.
    public let url: URL
    let queue: DatabaseQueue
    /// Writes together with others.
    let write: GroupedWriter

    /// The name of the database in the output folder.
    public static let fileName = "synthesis.sqlite"

    /// Opens a store, or makes it.
    /// - Parameters:
    ///   - folder: made if it is not there.
    ///   - groupDelay: how long commits wait for others, in milliseconds.
    /// - Throws: ``SynthesisError``.
    public init(_ folder: URL, groupDelay: Int = 5) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw SynthesisError.file(path: folder.path, action: "made", reason: "the system does not allow it")
        }
        url = folder.appendingPathComponent(Self.fileName)
        // Two processes that make one store at the same time would both make its tables.
        let lock = Foundation.open(folder.path, O_RDONLY | O_CLOEXEC)
        guard lock >= 0 else { throw SynthesisError(FileFailure(folder.path, "opened")) }
        defer { Foundation.close(lock) }
        while flock(lock, LOCK_EX) != 0, errno == EINTR {}
        queue = try Self.open(url, isReadOnly: false)
        write = GroupedWriter(queue, delay: groupDelay)
    }

    /// Opens a store to read it, whether or not processes work on it.
    /// - Parameter folder: the output folder of a synthesis.
    /// - Throws: ``SynthesisError``.
    public init(reading folder: URL) throws {
        url = folder.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { throw SynthesisError.absent(path: folder.path) }
        queue = try Self.open(url, isReadOnly: true)
        write = GroupedWriter(queue)
    }

    /// Opens a store to read it, if there is one.
    /// - Parameter folder: the output folder of a synthesis, which need not be there.
    /// - Returns: nil if there is none; nothing is made then.
    /// - Throws: ``SynthesisError``.
    public static func reading(ifPresentIn folder: URL) throws -> SynthesisStore? {
        let path = folder.appendingPathComponent(fileName).path
        return FileManager.default.fileExists(atPath: path) ? try SynthesisStore(reading: folder) : nil
    }

    /// Lets go of the database; nothing can be done with the store afterwards.
    /// - Throws: ``SynthesisError``.
    public func close() throws { try Self.translated(url) { try queue.close() } }

    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.translated(url) { try queue.read(body) }
    }

    /// Writes at once, in one transaction.
    func writeNow<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.translated(url) { try queue.write(body) }
    }

    /// Writes together with others, and says what errors mean.
    func grouped<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws -> Value {
        do {
            return try await write(body)
        } catch {
            return try Self.translated(url) { throw error }
        }
    }

    private static func open(_ url: URL, isReadOnly: Bool) throws -> DatabaseQueue {
        try translated(url) {
            var configuration = Configuration()
            configuration.readonly = isReadOnly
            configuration.busyMode = .timeout(30)
            if !isReadOnly {
                configuration.journalMode = .wal
                configuration.prepareDatabase { database in
                    try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON")
                    // Pages that change often are carried over once for many changes: every 64 MiB of log, not 4.
                    try database.execute(sql: "PRAGMA wal_autocheckpoint = 16384; PRAGMA cache_size = -65536")
                }
            }
            let queue = try DatabaseQueue(path: url.path, configuration: configuration)
            try queue.read { try check($0, path: url.path, isReadOnly: isReadOnly) }
            if !isReadOnly { try StoreSchema.migrator.migrate(queue) }
            return queue
        }
    }

    /// Refuses what is not ours, or of a later version.
    private static func check(_ database: Database, path: String, isReadOnly: Bool) throws {
        let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
        // Two processes may make one store: what the other has begun is not foreign.
        guard mark == StoreSchema.applicationID || isEmpty && !isReadOnly else {
            throw SynthesisError.foreign(
                path: path, problem: isEmpty ? "is empty" : "is the database of another program")
        }
        if !isEmpty, try StoreSchema.migrator.hasBeenSuperseded(database) {
            throw SynthesisError.foreign(path: path, problem: "is of a later version of avar")
        }
    }

    static func translated<Result>(_ url: URL, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            let message = (error.message ?? "SQLite gives the number \(error.resultCode.rawValue)")
                .split(whereSeparator: \.isNewline).joined(separator: " ")
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw SynthesisError.damaged(path: url.path, reason: message)
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw SynthesisError.busy(path: url.path)
            case .SQLITE_FULL: throw SynthesisError.file(path: url.path, action: "written", reason: "the disk is full")
            case .SQLITE_CANTOPEN: throw SynthesisError.file(path: url.path, action: "opened", reason: message)
            case .SQLITE_READONLY: throw SynthesisError.file(path: url.path, action: "written", reason: message)
            default: throw SynthesisError.file(path: url.path, action: "read or written", reason: message)
            }
        } catch is RowDecodingError {
            throw SynthesisError.damaged(path: url.path, reason: "a record lacks something")
        } catch is DecodingError {
            throw SynthesisError.damaged(path: url.path, reason: "a record cannot be read")
        }
    }
}

/// A text with all its bytes, zeros included: bound as bytes for `CAST(? AS TEXT)`, read from `CAST(… AS BLOB)`.
struct WholeText: DatabaseValueConvertible {
    let text: String

    init(_ text: String) { self.text = text }

    var databaseValue: DatabaseValue { Data(text.utf8).databaseValue }

    static func fromDatabaseValue(_ value: DatabaseValue) -> WholeText? {
        Data.fromDatabaseValue(value).map { WholeText(String(decoding: $0, as: UTF8.self)) }
    }
}

/// Values that are stored as JSON.
enum StoredJSON {
    private static let encoder = {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()

    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type = Value.self, _ text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
