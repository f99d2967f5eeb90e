import DurableFiles
import Foundation
import QwenVL
import VisualAttention

/// What decides the results in a folder: another run may add to them only if all of this is the same.
protocol RunSettings: Codable, Equatable {
    /// What differs from an earlier run, in words, or nil.
    func difference(from earlier: Self) -> String?
    /// What the folder is of once this run has added to an earlier one from which nothing differs.
    func joined(to earlier: Self) -> Self
    /// True for the results of `avar demo`, nil for others.
    var isOfDemo: Bool? { get }
}

extension RunSettings {
    func joined(to earlier: Self) -> Self { earlier }
    var isOfDemo: Bool? { nil }

    /// Whether it may take the place of an earlier run of other settings: a demo of another, and of nothing else.
    func replaces(_ earlier: Self) -> Bool { isOfDemo == true && earlier.isOfDemo == true }

    /// What made the results, in words.
    var command: String { isOfDemo == true ? "avar demo" : "another" }

    /// In words that something was another, or nil.
    static func words(_ name: String, _ old: String?, _ new: String?) -> String? {
        old == new ? nil : "\(name) \(old ?? "absent") there and \(new ?? "absent") now"
    }
}

/// A line of results.
protocol StoredResult: Codable, Sendable {
    associatedtype Key: Hashable
    /// What it is the result of; no two lines have the same.
    var key: Key { get }
    /// The sample's line in the data file, or its item in a list, counted from 1.
    var line: Int { get }
    /// What is kept in memory of it until the end.
    var kept: Self { get }
}

extension SampleResult: StoredResult {
    var key: Int { line }
    var kept: SampleResult {
        var kept = self
        (kept.tokenTexts, kept.text) = (nil, nil)
        return kept
    }
}

/// The folder of `--output`.
///
/// `run.json` says what the results are of; `samples.jsonl` has a line for each sample, flushed to disk before the next
/// sample begins; `summary.json` is made of them at the end. A line that was cut short by a crash is dropped and its
/// sample measured again. Samples that could not be measured have a line with the reason, and are tried again by the
/// next run. A lock keeps a second process out.
final class ResultFolder<Settings: RunSettings, Result: StoredResult> {
    /// The results that are there.
    private(set) var results: [Result.Key: Result] = [:]

    private let url: URL
    private let lock: FolderLock
    private var samples: Int32 = -1

    private var samplesURL: URL { url.appendingPathComponent("samples.jsonl") }
    private var summaryURL: URL { url.appendingPathComponent("summary.json") }
    /// The page.
    var pageURL: URL { url.appendingPathComponent("report.html") }

    /// Opens a folder, or makes it.
    /// - Throws: ``ResultFolderError`` if it holds other results, or another process works in it.
    init(_ url: URL, settings: Settings) throws {
        self.url = url
        try Self.makeFolder(url)
        do {
            guard let lock = try FolderLock(url, file: ".lock") else { throw ResultFolderError.inUse(path: url.path) }
            self.lock = lock
        } catch let failure as FileFailure {
            throw ResultFolderError(failure)
        }
        do {
            try claim(settings)
            try readSamples()
            samples = open(samplesURL.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
            guard samples >= 0 else { throw Self.failure(samplesURL.path, "opened") }
        } catch {
            close()
            throw error
        }
    }

    /// Lets go of the folder; called once.
    func close() {
        if samples >= 0 { Foundation.close(samples) }
        lock.release()
    }

    /// Adds a result, which is on disk when this returns.
    func append(_ result: Result) throws { try append(line: Output.encoded(result)) }

    /// Adds a sample that could not be measured.
    func append(_ skipped: SkippedSample) throws {
        try append(line: Output.encoded(SkippedLine(line: skipped.line, skipped: skipped.reason)))
    }

    /// A folder in this one, made if it is not there.
    func folder(_ name: String) throws -> URL {
        let folder = url.appendingPathComponent(name, isDirectory: true)
        try Self.makeFolder(folder)
        return folder
    }

    /// Writes the summary.
    func write(summary: some Encodable) throws {
        try Self.replace(summaryURL, with: Output.encoded(summary) + Data("\n".utf8))
    }

    // MARK: Files

    /// A line for a sample that could not be measured.
    private struct SkippedLine: Codable {
        let line: Int
        let skipped: String
    }

    private func append(line: Data) throws {
        // Summary and page are of all samples that are there, or they are not there.
        for file in [summaryURL, pageURL] { try Self.remove(file) }
        try Self.write(line + Data("\n".utf8), to: samples, path: samplesURL.path)
    }

    /// Writes the settings into a new folder, compares them with those of an old one.
    private func claim(_ settings: Settings) throws {
        let file = url.appendingPathComponent("run.json")
        guard let data = try? Data(contentsOf: file) else {
            guard !FileManager.default.fileExists(atPath: samplesURL.path) else {
                throw ResultFolderError.foreign(
                    path: url.path, problem: "it has samples.jsonl, but no readable run.json that says what of")
            }
            return try Self.replace(file, with: Output.encoded(settings) + Data("\n".utf8))
        }
        guard let earlier = try? Self.decoder.decode(Settings.self, from: data) else {
            throw ResultFolderError.foreign(path: url.path, problem: "its run.json is not one of this command")
        }
        guard let difference = settings.difference(from: earlier) else {
            let joined = settings.joined(to: earlier)
            if joined != earlier { try Self.replace(file, with: Output.encoded(joined) + Data("\n".utf8)) }
            return
        }
        guard settings.replaces(earlier) else {
            throw ResultFolderError.foreign(path: url.path, problem: difference)
        }
        Output.note("What is in \(url.path) is replaced: \(difference).")
        // The results go before the settings: a crash in between leaves none under a wrong name.
        for old in [summaryURL, pageURL, samplesURL] { try Self.remove(old) }
        try Self.replace(file, with: Output.encoded(settings) + Data("\n".utf8))
    }

    /// Removes a file, if it is there.
    private static func remove(_ url: URL) throws {
        if unlink(url.path) != 0, errno != ENOENT { throw failure(url.path, "removed") }
    }

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    /// Reads the results, and drops what is to be done again: a torn last line, and samples that could not be measured.
    private func readSamples() throws {
        guard FileManager.default.fileExists(atPath: samplesURL.path) else { return }
        guard let data = try? Data(contentsOf: samplesURL) else { throw Self.failure(samplesURL.path, "read") }
        let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        var kept = Data()
        // Behind the last line break there is nothing, or a torn line.
        for (index, line) in lines.dropLast().enumerated() {
            if let result = try? JSONDecoder().decode(Result.self, from: line) {
                results[result.key] = result
                kept += line + Data("\n".utf8)
            } else if (try? JSONDecoder().decode(SkippedLine.self, from: line)) == nil, index != lines.count - 2 {
                throw ResultFolderError.foreign(
                    path: url.path, problem: "line \(index + 1) of its samples.jsonl is not a result of this command")
            }
        }
        if kept.count != data.count { try Self.replace(samplesURL, with: kept) }
    }

    private static func makeFolder(_ url: URL) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw ResultFolderError.file(path: url.path, action: "made", reason: error.localizedDescription)
        }
    }

    /// Writes a file whole, in one step in place of the old one.
    private static func replace(_ url: URL, with data: Data) throws {
        let temporary = url.path + ".tmp"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard file >= 0 else { throw failure(temporary, "opened") }
        defer { Foundation.close(file) }
        try write(data, to: file, path: url.path)
        guard rename(temporary, url.path) == 0 else { throw failure(url.path, "written") }
    }

    /// Writes bytes, and waits until they are on disk.
    private static func write(_ data: Data, to file: Int32, path: String) throws {
        var rest = data[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno != EINTR {
                throw failure(path, "written")
            }
        }
        // Pipes and the like cannot be flushed, and are not meant to last.
        if fsync(file) != 0, errno != EINVAL { throw failure(path, "written") }
    }

    private static func failure(_ path: String, _ action: String) -> ResultFolderError {
        ResultFolderError(FileFailure(path, action))
    }
}

/// Why a folder cannot take results.
enum ResultFolderError: Error, LocalizedError {
    /// It holds results of something else.
    case foreign(path: String, problem: String)
    /// Another process works in it.
    case inUse(path: String)
    /// A file cannot be read or written.
    case file(path: String, action: String, reason: String)

    var errorDescription: String? {
        switch self {
        case .foreign(let path, let problem):
            "\(path) cannot take these results: \(problem); give another --output."
        case .inUse(let path):
            "\(path) is in use by another avar; wait for it, or give another --output."
        case .file(let path, let action, let reason):
            "\(path) cannot be \(action): \(reason)."
        }
    }

    /// What the system refused.
    init(_ failure: FileFailure) {
        self = .file(path: failure.path, action: failure.action, reason: failure.reason)
    }
}
