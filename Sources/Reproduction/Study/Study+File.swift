import Foundation
import SettingsFiles

extension Study {
    /// Reads a file.
    /// - Parameters:
    ///   - url: a YAML file.
    ///   - output: where everything goes, in place of what the file says.
    ///   - seeds: how many, in place of what the file says.
    ///   - jobs: steps at one time, in place of what the file says.
    /// - Throws: ``SettingsError`` with the line of what is wrong.
    public init(contentsOf url: URL, output: URL? = nil, seeds: Int? = nil, jobs: Int? = nil) throws {
        let file = try SettingsFile(contentsOf: url)
        let root = file.root
        folder = url.absoluteURL.deletingLastPathComponent().standardizedFileURL
        title = try root.text("title")
        model = try root.text("model")
        let named = try root.text("output")
        self.output = output?.absoluteURL.standardizedFileURL ?? Self.place(named, in: folder)
        self.seeds = try seeds ?? root.integer("seeds", default: 1, in: 1...100)
        _ = root.has("seeds")
        self.jobs = try jobs ?? root.integer("jobs", default: 1, in: 1...256)
        _ = root.has("jobs")
        threads = try root.optionalInteger("threads", in: 1...1024)
        seconds = try Self.seconds(root.section("seconds"))
        let (coldStart, reinforcement) = (try root.tree("sft"), try root.tree("grpo"))
        data = try root.list("data").map { try DataSet($0) }
        models =
            [
                StudyModel(
                    name: Self.base, title: try root.text("base_title", default: "base"), parts: [],
                    origin: .given(model))
            ]
            + (try root.list("models").map {
                try StudyModel($0, coldStart: coldStart ?? .mapping([]), reinforcement: reinforcement ?? .mapping([]))
            })
        let known = Set(models.map(\.name))
        measures = try Self.measures(root.section("measures"), known: known)
        reading = try Reading(root.section("report"), models: models)
        try root.finish()
        try check(root)
    }

    static func place(_ path: String, in folder: URL) -> URL {
        (path.hasPrefix("/") ? URL(fileURLWithPath: path) : folder.appendingPathComponent(path)).standardizedFileURL
    }

    private static func seconds(_ section: SettingsSection) throws -> [String: Double] {
        var seconds: [String: Double] = [:]
        for kind in Step.Kind.allCases {
            seconds[kind.rawValue] = try section.optionalNumber(kind.rawValue, in: 0...1e9)
        }
        return seconds
    }

    private static func measures(_ section: SettingsSection, known: Set<String>) throws -> [Measure] {
        try MeasureKind.allCases.compactMap { kind in
            guard case .mapping(let entries)? = try section.tree(kind.rawValue) else { return nil }
            var models: [String]?
            if let chosen = entries.first(where: { $0.key == "models" })?.value {
                models = chosen.words
                if let unknown = chosen.words.first(where: { !known.contains($0) }) {
                    throw section.refuse(kind.rawValue, "names the checkpoint '\(unknown)', which there is not")
                }
            }
            for entry in entries {
                if case .mapping = entry.value {
                    throw section.refuse(
                        kind.rawValue, "has a section '\(entry.key)'; its options are words, numbers or lists")
                }
            }
            return Measure(kind: kind, options: .mapping(entries.filter { $0.key != "models" }), models: models)
        }
    }

    /// That names stand once, and that what is named is there.
    private func check(_ root: SettingsSection) throws {
        for (key, names) in [("data", data.map(\.name)), ("models", models.map(\.name))] {
            if let twice = names.first(where: { name in names.count { $0 == name } > 1 }) {
                throw root.refuse(key, "has the name '\(twice)' twice")
            }
            if let strange = names.first(where: {
                $0.contains { !($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
            }) {
                throw root.refuse(key, "has the name '\(strange)'; names are of letters, digits, - and _")
            }
        }
        var before: Set<String> = []
        for model in models {
            if let start = model.start, !before.contains(start) {
                throw root.refuse("models", "has '\(model.name)' from '\(start)', which does not stand before it")
            }
            before.insert(model.name)
        }
    }
}

extension Study.DataSet {
    fileprivate init(_ section: SettingsSection) throws {
        name = try section.text("name")
        let given = ["path", "run", "synthesize"].filter { section.has($0) }
        guard given.count == 1 else {
            throw section.refuse("name", "is a data set that needs one of path, run and synthesize")
        }
        switch given[0] {
        case "path": source = .path(try section.text("path"))
        case "run": source = .command(try Arguments.split(section.text("run")))
        default:
            guard let settings = try section.tree("synthesize"), case .mapping = settings else {
                throw section.refuse("synthesize", "must be a section, as avar synthesize takes it")
            }
            source = .synthesis(
                settings, server: try section.has("server") ? Arguments.split(section.text("server")) : [])
        }
    }
}

extension StudyModel {
    fileprivate init(_ section: SettingsSection, coldStart: SettingsTree, reinforcement: SettingsTree) throws {
        name = try section.text("name")
        title = try section.text("title", default: name)
        parts = try section.words("parts")
        let given = ["path", "sft", "grpo"].filter { section.has($0) }
        guard given.count == 1 else {
            throw section.refuse("name", "is a checkpoint that needs one of path, sft and grpo")
        }
        switch given[0] {
        case "path": origin = .given(try section.text("path"))
        case "sft":
            origin = .coldStart(
                from: try section.text("from"), coldStart.overlaid(with: try section.tree("sft") ?? .mapping([])))
        default:
            origin = .reinforcement(
                from: try section.text("from"), reinforcement.overlaid(with: try section.tree("grpo") ?? .mapping([])))
        }
    }
}

extension Study.Reading {
    /// The forms in which `avar vas` reports the score.
    static let scores = ["paper", "pooled", "reward", "geometric"]

    fileprivate init(_ section: SettingsSection, models: [StudyModel]) throws {
        score = try section.text("score", default: "paper")
        guard Self.scores.contains(score) else {
            throw section.refuse("score", "is '\(score)', it must be \(Self.scores.joined(separator: " or "))")
        }
        let known = Set(models.map(\.name))
        func names(_ key: String) throws -> [String] {
            let names = try section.words(key)
            if let unknown = names.first(where: { !known.contains($0) }) {
                throw section.refuse(key, "names the checkpoint '\(unknown)', which there is not")
            }
            return names
        }
        ladder = try names("ladder")
        coldStarts = try names("cold_starts")
        ablation = try names("ablation")
        objectives = try names("objectives")
        cautions = try section.words("cautions")
    }
}

/// Words of a command line.
enum Arguments {
    /// Words with blanks between them; quotes hold words together, as in a shell.
    static func split(_ line: String) throws -> [String] {
        var (words, word, quote): ([String], String?, Character?) = ([], nil, nil)
        for letter in line {
            if let open = quote {
                if letter == open { quote = nil } else { word?.append(letter) }
            } else if letter == "'" || letter == "\"" {
                (quote, word) = (letter, word ?? "")
            } else if letter.isWhitespace {
                if let whole = word { words.append(whole) }
                word = nil
            } else {
                word = (word ?? "") + String(letter)
            }
        }
        guard quote == nil else { throw StudyError.words(line) }
        return words + (word.map { [$0] } ?? [])
    }
}

/// Why a study cannot be planned or done.
public enum StudyError: Error, LocalizedError, Equatable {
    /// A quote is not closed.
    case words(String)
    /// A placeholder that there is not.
    case placeholder(String, step: String)
    /// A step whose settings its command refuses.
    case refused(step: String, problem: String)
    /// A step that failed.
    case failed(step: String, words: String, log: String)
    /// Files that steps read and that are not there.
    case missing([String])
    /// A server that did not begin to answer.
    case server(step: String, words: String, log: String)
    /// A name that matches no step.
    case noStep(String)
    /// A folder without a study.
    case noStudy(String)
    /// A folder in which another process works.
    case inUse(String)
    /// A file of a step that cannot be read.
    case unreadable(path: String, problem: String)
    /// A file that cannot be written.
    case unwritable(path: String, problem: String)

    /// What is wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .words(let line): "The quotes in '\(line)' are not closed."
        case .placeholder(let name, let step):
            "Step \(step) has the placeholder ${\(name)}, which there is not; there are seed, folder, endpoint, and data.NAME for "
                + "each data set."
        case .refused(let step, let problem): "Step \(step) cannot be done as the file says: \(problem)"
        case .failed(let step, let words, let log): "Step \(step) failed: \(words) Everything it said is in \(log)."
        case .missing(let paths):
            "What the study reads is not there: \(paths.prefix(3).joined(separator: ", "))"
                + (paths.count > 3 ? " and \(paths.count - 3) more." : ".") + " --only does steps that need none of it."
        case .server(let step, let words, let log):
            "The server for step \(step) did not begin: \(words) What it said is in \(log)."
        case .noStep(let name): "No step is called '\(name)'; --plan lists them."
        case .noStudy(let path): "\(path) holds no study; give the output folder of avar reproduce."
        case .inUse(let path): "\(path) is in use by another avar reproduce; wait for it, or give another --output."
        case .unreadable(let path, let problem): "\(path) cannot be read: \(problem)."
        case .unwritable(let path, let problem): "\(path) cannot be written: \(problem)."
        }
    }
}
