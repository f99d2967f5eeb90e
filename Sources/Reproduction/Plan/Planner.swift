import Foundation
import SettingsFiles

/// Makes the steps of a study.
struct Planner {
    let study: Study
    private(set) var steps: [Step] = []
    /// Where a data set or a checkpoint lies, by name and seed.
    private var places: [Place: Found] = [:]
    /// Marks of files that several steps read, by their paths.
    private var marks: [String: String] = [:]

    /// A data set or a checkpoint.
    private struct Place: Hashable {
        let isData: Bool
        let name: String
        let seed: Int?
    }

    /// Where it lies, and what it is.
    private struct Found {
        let path: String
        /// The step that makes it; nil if it is there.
        let step: String?
        /// Changes if it does.
        let mark: String
        /// The file that it is, if that is not there.
        var missing: [String] = []
    }

    init(_ study: Study) { self.study = study }

    /// Makes all steps: seed by seed, each checkpoint followed by what is measured of it, and the correlation.
    mutating func plan(_ modelMark: (URL) throws -> String) throws {
        for model in study.models {
            guard case .given(let path) = model.origin else { continue }
            let folder = Study.place(path, in: study.folder)
            let isThere = FileManager.default.fileExists(atPath: folder.path)
            if !isThere, path.hasPrefix("/") || path.hasPrefix(".") {
                throw StudyError.unreadable(path: folder.path, problem: "there is no such checkpoint")
            }
            places[Place(isData: false, name: model.name, seed: nil)] = Found(
                path: isThere ? folder.path : path, step: nil, mark: isThere ? try modelMark(folder) : "named \(path)")
            try measure(model, seed: nil)
        }
        for seed in 1...study.seeds {
            for set in study.data { try add(set, seed: seed) }
            for model in study.models {
                switch model.origin {
                case .given: break
                case .coldStart(let start, let settings):
                    try train(model, .sft, from: start, settings, seed: seed)
                    try measure(model, seed: seed)
                case .reinforcement(let start, let settings):
                    try train(model, .grpo, from: start, settings, seed: seed)
                    try measure(model, seed: seed)
                }
            }
        }
        try correlate()
    }

    // MARK: Steps

    private mutating func add(_ set: Study.DataSet, seed: Int) throws {
        let name: (Step.Kind) -> String = { "\(set.name).\($0.rawValue)" }
        switch set.source {
        case .path(let path):
            let place = Place(isData: true, name: set.name, seed: nil)
            guard places[place] == nil else { return }
            let url = Study.place(path, in: study.folder)
            let isThere = FileManager.default.fileExists(atPath: url.path)
            places[place] = Found(
                path: url.path, step: nil, mark: isThere ? try mark(url) : "missing",
                missing: isThere ? [] : [url.path])
        case .command(let words):
            let draft = Draft(
                name(.data), .data, set.name, seed: words.contains(where: Draft.usesSeed) ? seed : nil)
            guard isNew(draft) else { return }
            var step = draft
            step.settings = .list(words.map { .text($0) })
            step.result = "data"
            let made = try finish(step, inputs: []) { folder, resolve in
                (try words.map(resolve) + ["--output", folder.appendingPathComponent("data").path], [:])
            }
            places[Place(isData: true, name: set.name, seed: draft.seed)] = Found(
                path: made.resultURL.path, step: made.name, mark: made.key)
        case .synthesis(let settings, let server):
            let usesSeed = (settings.words + server).contains(where: Draft.usesSeed)
            let draft = Draft(name(.synthesize), .synthesize, set.name, seed: usesSeed ? seed : nil)
            guard isNew(draft) else { return }
            var step = draft
            step.settings = .list([settings, .list(server.map { .text($0) })])
            step.result = "synthesis/dataset"
            step.server = server
            let made = try finish(step, inputs: []) { folder, resolve in
                let recipe = try settings.overlaid(with: .mapping([.init("output", .text("synthesis"))])).mapWords(
                    resolve)
                return (
                    ["synthesize", "--config", folder.appendingPathComponent("settings.yaml").path, "--json"],
                    ["settings.yaml": try recipe.yaml()]
                )
            }
            places[Place(isData: true, name: set.name, seed: draft.seed)] = Found(
                path: made.resultURL.path, step: made.name, mark: made.key)
        }
    }

    private mutating func train(
        _ model: StudyModel, _ kind: Step.Kind, from start: String, _ settings: SettingsTree, seed: Int
    ) throws {
        guard let source = found(false, start, seed) else { return }
        var step = Draft("\(model.name).\(kind.rawValue)", kind, model.name, seed: seed)
        step.settings = settings
        let isAdapter = settings["trained"]?["lora"] != nil
        step.result = isAdapter ? "training/adapter" : "training/checkpoint"
        let threads = settings["threads"] == nil ? study.threads : nil
        let made = try finish(step, inputs: [(start, source.step, source.mark)]) { folder, resolve in
            var own: [SettingsTree.Entry] = [
                .init("model", .text(source.path)), .init("output", .text("training")),
                .init("seed", .word(String(seed), isQuoted: false)),
            ]
            if let threads { own.append(.init("threads", .word(String(threads), isQuoted: false))) }
            let recipe = try SettingsTree.mapping(own).overlaid(with: settings).overlaid(with: .mapping(own)).mapWords(
                resolve)
            let file = folder.appendingPathComponent("recipe.yaml").path
            return ([kind.rawValue, "--config", file], ["recipe.yaml": try recipe.yaml()])
        }
        var result = Found(path: made.resultURL.path, step: made.name, mark: made.key)
        if isAdapter {
            var merge = Draft("\(model.name).merge", .merge, model.name, seed: seed)
            merge.result = "checkpoint"
            let merged = try finish(
                merge, inputs: [(start, source.step, source.mark), (made.name, made.name, made.key)]
            ) {
                folder, _ in
                let output = folder.appendingPathComponent("checkpoint").path
                return (["merge", "--model", source.path, "--adapter", result.path, "--output", output], [:])
            }
            result = Found(path: merged.resultURL.path, step: merged.name, mark: merged.key)
        }
        places[Place(isData: false, name: model.name, seed: seed)] = result
    }

    private mutating func measure(_ model: StudyModel, seed: Int?) throws {
        guard let source = found(false, model.name, seed) else { return }
        for measure in study.measures where measure.models?.contains(model.name) ?? true {
            let kind = Step.Kind(measure.kind)
            var step = Draft("\(model.name).\(kind.rawValue)", kind, model.name, seed: seed)
            step.settings = measure.options
            step.missing = (measure.options["data"]?.words ?? []).filter { !$0.hasPrefix("microworld") }
                .map { Study.place($0.replacing("${folder}", with: study.folder.path), in: study.folder).path }
                .filter { !FileManager.default.fileExists(atPath: $0) }
            step.result = "results/summary.json"
            let threads = study.threads.map { ["--threads", String($0)] } ?? []
            _ = try finish(step, inputs: [(model.name, source.step, source.mark)]) { folder, resolve in
                let options = try Self.flags(measure.options.mapWords(resolve))
                let output = ["--output", folder.appendingPathComponent("results").path, "--json"]
                return (measure.kind.command + ["--model", source.path] + threads + options + output, [:])
            }
        }
    }

    /// Score against accuracy, if both are measured.
    private mutating func correlate() throws {
        let measured = steps.filter { $0.kind == .vas || $0.kind == .eval }
        let models = Set(measured.filter { $0.kind == .vas }.map(Planner.model))
            .intersection(measured.filter { $0.kind == .eval }.map(Planner.model))
        guard models.count >= 3 else { return }
        var step = Draft("correlation.correlate", .correlate, "correlation", seed: nil)
        step.settings = .mapping([.init("score", .text(study.reading.score))])
        step.result = "results/correlate.json"
        let used = measured.filter { models.contains(Planner.model($0)) }
        _ = try finish(step, inputs: used.map { ($0.name, $0.name, $0.key) }) { folder, _ in
            (
                [
                    "correlate", "--input", folder.appendingPathComponent("items.json").path, "--output",
                    folder.appendingPathComponent("results").path, "--json",
                ], [:]
            )
        }
    }

    /// A checkpoint of one seed.
    static func model(_ step: Step) -> String { step.seed.map { "\(step.subject).\($0)" } ?? step.subject }

    // MARK: Parts

    /// A step that is being made.
    private struct Draft {
        let name: String
        let kind: Step.Kind
        let subject: String
        let seed: Int?
        var settings = SettingsTree.mapping([])
        var result = ""
        var server: [String] = []
        var missing: [String] = []

        init(_ name: String, _ kind: Step.Kind, _ subject: String, seed: Int?) {
            (self.kind, self.subject, self.seed) = (kind, subject, seed)
            self.name = name + (seed.map { ".\($0)" } ?? "")
        }

        static func usesSeed(_ word: String) -> Bool { word.contains("${seed}") }
    }

    /// What tells whether a file is still the same, read once for all steps.
    private mutating func mark(_ url: URL) throws -> String {
        if let known = marks[url.path] { return known }
        let mark = try ContentMark.of(url)
        marks[url.path] = mark
        return mark
    }

    private func isNew(_ draft: Draft) -> Bool { !steps.contains { $0.name == draft.name } }

    private func found(_ isData: Bool, _ name: String, _ seed: Int?) -> Found? {
        places[Place(isData: isData, name: name, seed: seed)] ?? places[Place(isData: isData, name: name, seed: nil)]
    }

    /// Resolves placeholders, hashes what decides the step, and adds it.
    private mutating func finish(
        _ draft: Draft, inputs: [(name: String, step: String?, mark: String)],
        _ make: (URL, (String) throws -> String) throws -> (arguments: [String], files: [String: String])
    ) throws -> Step {
        var (inputs, missing) = (inputs, draft.missing)
        let words = draft.settings.words + draft.server
        for set in study.data where words.contains(where: { $0.contains("${data.\(set.name)}") }) {
            guard let found = found(true, set.name, draft.seed) else {
                throw StudyError.refused(
                    step: draft.name, problem: "the data set '\(set.name)' depends on a seed, and this step on none")
            }
            inputs.append((set.name, found.step, found.mark))
            missing += found.missing
        }
        var lines = ["kind \(draft.kind.rawValue)", "settings \(draft.settings.canonical)", "server \(draft.server)"]
        lines.append("seed \(draft.seed.map(String.init) ?? "none")")
        lines.append("threads \(study.threads.map(String.init) ?? "all")")
        lines += inputs.map { "input \($0.name) \($0.mark)" }.sorted()
        for word in Set(words).sorted() {
            let path = word.replacing("${folder}", with: study.folder.path)
            let url = Study.place(path, in: study.folder)
            guard path.contains("/") || path.contains("."), url.path != study.folder.path else { continue }
            let isThere = FileManager.default.fileExists(atPath: url.path)
            // A path that begins with the study's folder can be nothing else.
            if !isThere, word.hasPrefix("${folder}/") { missing.append(url.path) }
            if isThere { lines.append("file \(word) \(try mark(url))") }
        }
        let key = String(ContentMark.of(lines).prefix(12))
        let folder = study.output.appendingPathComponent("steps/\(draft.name)-\(key)", isDirectory: true)
        let port = try draft.kind == .synthesize && !draft.server.isEmpty ? StepPorts.port(for: folder) : nil
        let resolve: (String) throws -> String = { [known = self] text in
            let resolved = try Placeholders.resolved(text, step: draft.name) { name in
                switch name {
                case "seed": return draft.seed.map(String.init)
                case "folder": return known.study.folder.path
                case "endpoint": return port.map { "http://127.0.0.1:\($0)/v1" }
                default:
                    guard name.hasPrefix("data.") else { return nil }
                    return known.found(true, String(name.dropFirst("data.".count)), draft.seed)?.path
                }
            }
            return text.hasPrefix("${folder}/") ? Study.place(resolved, in: known.study.folder).path : resolved
        }
        let made = try make(folder, resolve)
        let server = try draft.server.map(resolve) + (port.map { ["--port", String($0)] } ?? [])
        let step = Step(
            name: draft.name, kind: draft.kind, subject: draft.subject, seed: draft.seed,
            inputs: Array(Set(inputs.compactMap(\.step))).sorted(), key: key, folder: folder,
            arguments: made.arguments, files: made.files, result: draft.result, server: server, missing: missing)
        steps.append(step)
        return step
    }

    /// Options as flags: `max_new_tokens: 64` is `--max-new-tokens 64`, a list repeats its flag, `true` stands for the flag alone and
    /// `false` for its opposite.
    private static func flags(_ options: SettingsTree) -> [String] {
        options.keys.flatMap { key -> [String] in
            let name = key.replacing("_", with: "-")
            switch options[key] {
            case .list(let items)?: return items.flatMap { $0.words.flatMap { ["--\(name)", $0] } }
            case .word("true", isQuoted: false)?: return ["--\(name)"]
            case .word("false", isQuoted: false)?: return ["--no-\(name)"]
            case .word(let word, _)?: return ["--\(name)", word]
            default: return []
            }
        }
    }
}

/// `${name}` in texts.
enum Placeholders {
    /// A text with all placeholders replaced.
    static func resolved(_ text: String, step: String, _ value: (String) -> String?) throws -> String {
        var (result, rest) = ("", text[...])
        while let start = rest.range(of: "${"), let end = rest[start.upperBound...].firstIndex(of: "}") {
            let name = String(rest[start.upperBound..<end])
            guard let found = value(name) else { throw StudyError.placeholder(name, step: step) }
            result += rest[..<start.lowerBound] + found
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}
