import DurableFiles
import Foundation
import GRDB

/// Everything that an evaluation has found out so far: one SQLite database in the run's folder.
///
/// What a method has stored is on disk when it returns. The database keeps a write-ahead log and flushes it at every commit
/// (`synchronous = FULL`): neither `kill -9` nor a power cut takes an answer back, as long as the disk keeps what it says it has
/// flushed. `NORMAL` would be as good against `kill -9`, but a power cut could cost the last answers; a flush takes milliseconds and
/// an answer seconds.
///
/// A lock keeps a second writing process out; reading beside it is possible.
public final class EvaluationStore: Sendable {
    /// The SQLite file; its write-ahead log may lie beside it.
    public let url: URL
    private let queue: DatabaseQueue
    private let lock: FolderLock?
    private static let lockName = "evaluation.lock"

    /// The name of the database in its folder.
    public static let fileName = "evaluation.sqlite"

    /// Opens the run in a folder, or begins one.
    /// - Parameters:
    ///   - folder: made if it is not there.
    ///   - settings: everything that decides the answers; a run of others is refused.
    /// - Throws: ``StoreError``.
    public init(_ folder: URL, settings: [RunSetting]) throws {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        } catch {
            throw StoreError.file(path: folder.path, action: "made", reason: "the system does not allow it")
        }
        do {
            guard let lock = try FolderLock(folder, file: Self.lockName) else {
                throw StoreError.inUse(path: folder.path)
            }
            self.lock = lock
        } catch let failure as FileFailure {
            throw StoreError(failure)
        }
        url = folder.appendingPathComponent(Self.fileName)
        queue = try Self.open(url, isReadOnly: false)
        try write { try Self.claim($0, settings, path: folder.path) }
        flushFolder(folder.deletingLastPathComponent())
    }

    /// Opens the run in a folder to read it, whether or not another process is writing it.
    /// - Parameter folder: the folder of a run.
    /// - Throws: ``StoreError``.
    public init(reading folder: URL) throws {
        url = folder.appendingPathComponent(Self.fileName)
        guard FileManager.default.fileExists(atPath: url.path) else { throw StoreError.absent(path: folder.path) }
        lock = nil
        queue = try Self.open(url, isReadOnly: true)
    }

    /// Lets go of the database and its folder; nothing can be done with the store afterwards.
    /// - Throws: ``StoreError``.
    public func close() throws {
        try Self.translated(url) { try queue.close() }
        lock?.release()
    }

    /// What decides the answers, in the order in which it was given.
    /// - Returns: the settings of the run.
    /// - Throws: ``StoreError``.
    public func settings() throws -> [RunSetting] { try read { try Self.settings($0) } }

    // MARK: Access

    /// Reads, which waits for other threads of this process only, and shortly.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.translated(url) { try queue.read(body) }
    }

    /// Writes in one transaction, which is on disk afterwards.
    ///
    /// This is no asynchronous call on purpose: one of those does nothing in a task that was cancelled, and an answer that has come
    /// must be stored also if Ctrl-C was pressed meanwhile.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.translated(url) { try queue.write(body) }
    }

    private static func open(_ url: URL, isReadOnly: Bool) throws -> DatabaseQueue {
        try translated(url) {
            var configuration = Configuration()
            configuration.readonly = isReadOnly
            configuration.busyMode = .timeout(10)
            if !isReadOnly {
                configuration.journalMode = .wal
                configuration.prepareDatabase { database in
                    try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA fullfsync = ON")
                }
            }
            let queue = try DatabaseQueue(path: url.path, configuration: configuration)
            try queue.read { try check($0, path: url.path, isReadOnly: isReadOnly) }
            if !isReadOnly { try StoreSchema.migrator.migrate(queue) }
            return queue
        }
    }

    /// Refuses what is damaged, not ours, or of a later version.
    private static func check(_ database: Database, path: String, isReadOnly: Bool) throws {
        if let problem = try String.fetchOne(database, sql: "PRAGMA quick_check(1)"), problem != "ok" {
            throw StoreError.damaged(path: path, reason: oneLine(problem))
        }
        let mark = try Int32.fetchOne(database, sql: "PRAGMA application_id")
        let isEmpty = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") == 0
        guard mark == StoreSchema.applicationID || isEmpty && !isReadOnly else {
            throw isEmpty
                ? StoreError.foreign(path: path, problem: "is empty")
                : StoreError.foreign(path: path, problem: "is the database of another program")
        }
        if !isEmpty, try StoreSchema.migrator.hasBeenSuperseded(database) {
            throw StoreError.foreign(path: path, problem: "is of a later version of avar")
        }
    }

    /// Notes the settings of a new run, compares them with those of an old one.
    private static func claim(_ database: Database, _ settings: [RunSetting], path: String) throws {
        let isNew = try Int.fetchOne(database, sql: "SELECT count(*) FROM settings") == 0
        if isNew, try Int.fetchOne(database, sql: "SELECT count(*) FROM questions") == 0 {
            for (position, setting) in settings.enumerated() {
                try database.execute(
                    sql: "INSERT INTO settings (name, value, position) VALUES (?, ?, ?)",
                    arguments: [setting.name, setting.value, position])
            }
            return
        }
        let differences = RunSetting.differences(from: try Self.settings(database), to: settings)
        if !differences.isEmpty { throw StoreError.otherRun(path: path, differences: differences) }
    }

    private static func settings(_ database: Database) throws -> [RunSetting] {
        try Row.fetchAll(database, sql: "SELECT name, value FROM settings ORDER BY position").map {
            RunSetting($0["name"], $0["value"])
        }
    }

    /// Does something with the database, and says what its errors mean.
    private static func translated<Result>(_ url: URL, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            let message = oneLine(error.message ?? "SQLite gives the number \(error.resultCode.rawValue)")
            switch error.resultCode {
            case .SQLITE_CORRUPT, .SQLITE_NOTADB: throw StoreError.damaged(path: url.path, reason: message)
            case .SQLITE_BUSY, .SQLITE_LOCKED: throw StoreError.inUse(path: url.path)
            case .SQLITE_FULL: throw StoreError.file(path: url.path, action: "written", reason: "the disk is full")
            case .SQLITE_CANTOPEN: throw StoreError.file(path: url.path, action: "opened", reason: message)
            case .SQLITE_READONLY: throw StoreError.file(path: url.path, action: "written", reason: message)
            default: throw StoreError.file(path: url.path, action: "read or written", reason: message)
            }
        } catch is DecodingError {
            throw StoreError.damaged(path: url.path, reason: "a record cannot be read")
        } catch is RowDecodingError {
            throw StoreError.damaged(path: url.path, reason: "a record lacks something")
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
