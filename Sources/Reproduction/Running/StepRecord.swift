import Foundation

/// What is left in a step's folder when it is done.
public struct StepRecord: Codable, Sendable, Equatable {
    /// Its key.
    public let key: String
    /// How long it took, all attempts together, in seconds.
    public let seconds: Double
    /// When it was done, in ISO 8601.
    public let finished: String
    /// The program's version.
    public let version: String
    /// Marks of the files that it left, by their names, to notice that one was changed or lost.
    public let results: [String: String]

    private static let name = "step.json"
    private static let secondsName = "seconds"

    /// The record in a step's folder.
    /// - Parameter step: the step.
    /// - Returns: nil if the step is not done, or what it left is not there any more or another.
    public static func of(_ step: Step) -> StepRecord? {
        guard let data = try? Data(contentsOf: step.folder.appendingPathComponent(name)),
            let record = try? JSONDecoder().decode(StepRecord.self, from: data), record.key == step.key,
            FileManager.default.fileExists(atPath: step.resultURL.path),
            let now = try? marks(step), now == record.results
        else { return nil }
        return record
    }

    /// Whether a step was begun.
    /// - Parameter step: the step.
    /// - Returns: true if it has a folder.
    public static func isBegun(_ step: Step) -> Bool { FileManager.default.fileExists(atPath: step.folder.path) }

    /// Writes the record of a step that is done.
    static func write(_ step: Step, seconds: Double, version: String) throws {
        let record = StepRecord(
            key: step.key, seconds: earlierSeconds(step) + seconds, finished: Date.now.ISO8601Format(),
            version: version,
            results: try marks(step))
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try StudyFiles.write(encoder.encode(record), to: step.folder.appendingPathComponent(name))
    }

    /// Seconds of attempts that were stopped.
    static func earlierSeconds(_ step: Step) -> Double {
        (try? String(contentsOf: step.folder.appendingPathComponent(secondsName), encoding: .utf8)).flatMap(Double.init)
            ?? 0
    }

    /// Takes note of an attempt that was stopped.
    static func add(seconds: Double, to step: Step) throws {
        let sum = earlierSeconds(step) + seconds
        try StudyFiles.write(Data(String(sum).utf8), to: step.folder.appendingPathComponent(secondsName))
    }

    /// Size and time of change of the result's own files: of the file that it is, or of the files in the folder that it is.
    private static func marks(_ step: Step) throws -> [String: String] {
        let result = step.resultURL.resolvingSymlinksInPath()
        let files =
            result.hasDirectoryPath || (try? result.resourceValues(forKeys: [.isDirectoryKey]).isDirectory) == true
            ? try FileManager.default.contentsOfDirectory(at: result, includingPropertiesForKeys: nil) : [result]
        var marks: [String: String] = [:]
        for file in files where !file.lastPathComponent.hasPrefix(".") {
            let values = try FileManager.default.attributesOfItem(atPath: file.path)
            guard values[.type] as? FileAttributeType == .typeRegular, let size = values[.size] as? Int,
                let time = values[.modificationDate] as? Date
            else { continue }
            marks[file.lastPathComponent] = "\(size) bytes, \(Int64((time.timeIntervalSince1970 * 1000).rounded()))"
        }
        return marks
    }
}

/// Files of a study, with one sentence where the system refuses them.
enum StudyFiles {
    /// Writes a file whole, in one step in place of the old one.
    static func write(_ data: Data, to url: URL) throws {
        do {
            try data.write(to: url, options: .atomic)
        } catch {
            throw StudyError.unwritable(path: url.path, problem: reason(error))
        }
    }

    /// Makes a folder, and those it lies in.
    static func makeFolder(_ url: URL) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw StudyError.unwritable(path: url.path, problem: reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        let error = error as NSError
        let inner = error.userInfo[NSUnderlyingErrorKey] as? NSError
        if let inner, inner.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(inner.code))).lowercased()
        }
        return error.localizedDescription
    }
}
