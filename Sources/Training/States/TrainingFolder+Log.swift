import Foundation
import Safetensors

extension TrainingFolder {
    /// Adds a line to the log.
    /// - Parameter entry: has the step it is about.
    /// - Throws: ``TrainingError/folder(path:problem:)``.
    package func append(_ entry: TrainingLoop.LogEntry) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let line = try encoder.encode(entry) + Data("\n".utf8)
        let file = open(log.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw Self.failure(log, "opened") }
        defer { close(file) }
        let count = line.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
        // A short count is a disk that became full in the middle; the cut line goes when the training is gone on with.
        if count >= 0 && count < line.count { errno = ENOSPC }
        guard count == line.count else { throw Self.failure(log, "written") }
    }

    /// The lines of the log.
    /// - Returns: the entries in their order; none without a log.
    /// - Throws: ``TrainingError/folder(path:problem:)`` if it cannot be read.
    public func entries() throws -> [TrainingLoop.LogEntry] {
        guard FileManager.default.fileExists(atPath: log.path) else { return [] }
        guard let data = try? Data(contentsOf: log) else { throw Self.failure(log, "read") }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return data.split(separator: UInt8(ascii: "\n")).compactMap {
            try? decoder.decode(TrainingLoop.LogEntry.self, from: $0)
        }
    }

    /// Removes the lines of steps that are made again, and a last line that was cut.
    func cutLog(to step: Int) throws {
        guard FileManager.default.fileExists(atPath: log.path) else { return }
        guard let data = try? Data(contentsOf: log) else { throw Self.failure(log, "read") }
        struct Entry: Decodable { var step: Int }
        let kept = data.split(separator: UInt8(ascii: "\n")).filter { line in
            (try? JSONDecoder().decode(Entry.self, from: line)).map { $0.step <= step } ?? false
        }
        try writeDurably(Data(kept.map { $0 + Data("\n".utf8) }.joined()), to: log)
    }
}
