import Foundation

/// What decides the bytes of a data set.
public struct DatasetSettings: Codable, Sendable, Equatable {
    /// The split that the questions are of.
    public var split: Split
    /// How many questions.
    public var count: Int
    /// What decides everything that is drawn by chance.
    public var seed: UInt64
    /// The families, which take turns.
    public var families: [Family]
    /// Which questions carry a hint.
    public var hints: HintUse
    /// How often a hint is right, nil for chance.
    public var hintRate: Double?

    /// Settings.
    /// - Parameters:
    ///   - source: the questions.
    ///   - count: how many of them, from the first on.
    public init(_ source: QuestionSource, count: Int) {
        (split, seed, families) = (source.split, source.seed, source.families)
        (hints, hintRate, self.count) = (source.hints, source.hintRate, count)
    }
}

/// Writes questions as a folder: `images/*.png`, `data.jsonl`, `data.tsv` in VLMEvalKit's form, and `settings.json`.
///
/// Everything is written beside the folder and renamed at the end: a folder is whole or not there.
public struct DatasetWriter {
    /// Where the questions come from.
    public let source: QuestionSource
    /// How many of them, from the first on.
    public let count: Int

    private let renderer: SceneRenderer

    /// A writer.
    /// - Parameters:
    ///   - source: the questions.
    ///   - count: how many of them, from the first on.
    /// - Throws: ``MicroworldError/noFont``.
    public init(_ source: QuestionSource, count: Int) throws {
        (self.source, self.count) = (source, count)
        renderer = try SceneRenderer()
    }

    /// Writes the folder.
    /// - Parameters:
    ///   - folder: where; must not be there, be empty, or hold the same data set.
    ///   - advance: called after every question; what it throws ends the work, and nothing is left behind.
    /// - Returns: false if the same data set was there already.
    /// - Throws: ``MicroworldError``.
    @discardableResult
    public func write(to folder: URL, advance: () throws -> Void = {}) throws -> Bool {
        let folder = folder.standardizedFileURL
        let settings = try Self.encoder.encode(DatasetSettings(source, count: count)) + Data("\n".utf8)
        if try isThere(folder, settings: settings) { return false }
        removeLeftovers(beside: folder)
        let partial = URL(fileURLWithPath: folder.path + Self.mark + "\(getpid())", isDirectory: true)
        guard Self.makeFolder(partial.appendingPathComponent("images")) else {
            throw MicroworldError.file(path: folder.path, reason: String(cString: strerror(errno)).lowercased())
        }
        defer { try? FileManager.default.removeItem(at: partial) }
        try fill(partial, advance: advance)
        try save(settings, partial.appendingPathComponent("settings.json"))
        guard rename(partial.path, folder.path) == 0 else {
            throw MicroworldError.file(path: folder.path, reason: String(cString: strerror(errno)).lowercased())
        }
        return true
    }

    /// Makes a folder and those above it; if that fails, `errno` says why.
    private static func makeFolder(_ url: URL) -> Bool {
        if mkdir(url.path, 0o777) == 0 || errno == EEXIST { return true }
        guard errno == ENOENT, url.path != "/", makeFolder(url.deletingLastPathComponent()) else { return false }
        return mkdir(url.path, 0o777) == 0
    }

    private static let mark = ".partial-"

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    private func isThere(_ folder: URL, settings: Data) throws -> Bool {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder.path, isDirectory: &isFolder) else { return false }
        guard isFolder.boolValue else { throw MicroworldError.foreign(path: folder.path, problem: "it is a file") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw MicroworldError.foreign(path: folder.path, problem: "it cannot be read")
        }
        if names.isEmpty { return false }
        guard let earlier = try? Data(contentsOf: folder.appendingPathComponent("settings.json")) else {
            throw MicroworldError.foreign(path: folder.path, problem: "it is not empty and has no settings.json")
        }
        guard earlier == settings else {
            throw MicroworldError.foreign(path: folder.path, problem: "it holds one of other settings")
        }
        return true
    }

    /// Removes what processes that are gone have left.
    private func removeLeftovers(beside folder: URL) {
        let (parent, prefix) = (folder.deletingLastPathComponent(), folder.lastPathComponent + Self.mark)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: parent.path)) ?? [] {
            guard name.hasPrefix(prefix), let process = pid_t(name.dropFirst(prefix.count)) else { continue }
            if process == getpid() || kill(process, 0) != 0 && errno == ESRCH {
                try? FileManager.default.removeItem(at: parent.appendingPathComponent(name))
            }
        }
    }

    private func save(_ data: Data, _ url: URL) throws {
        let file = try OutputFile(url)
        try file.write(data)
    }

    private func fill(_ folder: URL, advance: () throws -> Void) throws {
        let records = try OutputFile(folder.appendingPathComponent("data.jsonl"))
        let table = try OutputFile(folder.appendingPathComponent("data.tsv"))
        try table.write(Data((Self.columns.joined(separator: "\t") + "\n").utf8))
        for index in 0..<count {
            let question = source.question(index)
            let image = "images/\(question.id).png"
            let png = try renderer.png(question.scene)
            try save(png, folder.appendingPathComponent(image))
            try records.write(Self.encoder.encode(QuestionRecord(question, image: image)) + Data("\n".utf8))
            try table.write(Data(Self.row(question, index: index, png: png).utf8))
            try advance()
        }
    }

    // MARK: VLMEvalKit

    private static let columns = ["index", "image", "question", "hint", "A", "B", "C", "D", "answer", "category"]

    /// A row, in which nothing is quoted: no text of the microworld has a tab, a quotation mark or a line break.
    private static func row(_ question: Question, index: Int, png: Data) -> String {
        let options = question.options + Array(repeating: "", count: 4 - question.options.count)
        let cells =
            ["\(index)", png.base64EncodedString(), question.text, question.hint?.text ?? ""] + options
            + [question.answer, question.family.rawValue]
        return cells.joined(separator: "\t") + "\n"
    }
}

/// A file that is written from its beginning on.
private final class OutputFile {
    private let path: String
    private let descriptor: Int32

    init(_ url: URL) throws {
        path = url.path
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw failure }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    func write(_ data: Data) throws {
        try data.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { throw failure }
                rest = rest.dropFirst(count)
            }
        }
    }

    private var failure: MicroworldError { .file(path: path, reason: String(cString: strerror(errno)).lowercased()) }
}

/// A line of data.jsonl.
private struct QuestionRecord: Encodable {
    let id: String
    let problem: String
    let images: [String]
    let answer: String
    let answerText: String
    let split: Split
    let family: Family
    let options: [String]
    let hint: String?
    let hintIsRight: Bool?
    let query: Query
    let scene: Scene

    init(_ question: Question, image: String) {
        (id, problem, images) = (question.id, "<image>" + question.prompt, [image])
        (answer, answerText, split) = (question.answer, question.answerText, question.split)
        (family, options) = (question.family, question.options)
        (hint, hintIsRight) = (question.hint?.text, question.hint?.isRight)
        (query, scene) = (question.query, question.scene)
    }
}
