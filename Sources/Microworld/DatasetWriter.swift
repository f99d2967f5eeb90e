import Foundation

/// What decides the bytes of a data set.
public struct DatasetSettings: Codable, Sendable, Equatable {
    /// The split.
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
    /// The questions.
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
        do {
            try FileManager.default.createDirectory(
                at: partial.appendingPathComponent("images"), withIntermediateDirectories: true)
        } catch {
            throw MicroworldError.file(path: folder.path, reason: Self.reason(error))
        }
        defer { try? FileManager.default.removeItem(at: partial) }
        try fill(partial, advance: advance)
        try save(settings, partial.appendingPathComponent("settings.json"))
        guard rename(partial.path, folder.path) == 0 else {
            throw MicroworldError.file(path: folder.path, reason: String(cString: strerror(errno)).lowercased())
        }
        return true
    }

    /// Why a file could not be written, in words without its path.
    private static func reason(_ error: any Error) -> String {
        let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        if let code = (error as? POSIXError)?.code.rawValue { return String(cString: strerror(code)).lowercased() }
        if let cause, cause.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(cause.code))).lowercased()
        }
        return error.localizedDescription.trimmingCharacters(in: ["."])
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
        do {
            try data.write(to: url)
        } catch {
            throw MicroworldError.file(path: url.path, reason: Self.reason(error))
        }
    }

    private func fill(_ folder: URL, advance: () throws -> Void) throws {
        let files = try ["data.jsonl", "data.tsv"].map { name in
            let url = folder.appendingPathComponent(name)
            try save(name == "data.tsv" ? Data((Self.columns.joined(separator: "\t") + "\n").utf8) : Data(), url)
            let file = try FileHandle(forWritingTo: url)
            try file.seekToEnd()
            return (file, url)
        }
        defer { files.forEach { try? $0.0.close() } }
        for index in 0..<count {
            let question = source.question(index)
            let image = "images/\(question.id).png"
            let png = try renderer.png(question.scene)
            try save(png, folder.appendingPathComponent(image))
            let record = try Self.encoder.encode(QuestionRecord(question, image: image)) + Data("\n".utf8)
            let row = Data(Self.row(question, index: index, png: png).utf8)
            for ((file, url), data) in zip(files, [record, row]) {
                do {
                    try file.write(contentsOf: data)
                } catch {
                    throw MicroworldError.file(path: url.path, reason: Self.reason(error))
                }
            }
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
