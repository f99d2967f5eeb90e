import ArgumentParser
import Foundation
import Microworld
import QwenVL

/// `avar microworld cold-start`: conversations to learn from, as `avar sft` and LLaMA-Factory read them.
struct MicroworldColdStartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cold-start", abstract: "Writes conversations to learn from, with the oracle's reasoning.",
        discussion: """
            OUTPUT is given a data file FORM.jsonl in sharegpt form, the pictures, and dataset_info.json with an entry for it. Several forms \
            may share one folder. The same questions, seed and form give the same bytes.
            """)

    @OptionGroup var questions: QuestionOptions

    @Option(help: "What is learned: \(ColdStartForm.allCases.map(\.rawValue).joined(separator: ", ")).")
    var form: ColdStartForm

    @Option(help: "The folder to write into.")
    var output: String

    func validate() throws { try questions.requireSplitAndCount() }

    func run() throws {
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        let url = try ColdStartFiles(questions.source, count: questions.count, seed: questions.seed)
            .write(form, to: folder)
        Output.line("\(url.path): \(questions.count) conversations")
    }
}

/// What a conversation about a question of the microworld has in it.
enum ColdStartForm: String, ExpressibleByArgument, CaseIterable {
    /// The picture, the question, and a chain of reasoning that checks itself.
    case multimodal
    /// A description in place of the picture, and the same chain: the paper's text-only cold start.
    case text
    /// The picture, the question, and the chain with anchors that look back at the picture.
    case anchored
}

/// Writes such conversations.
struct ColdStartFiles {
    private let source: QuestionSource
    private let count: Int
    private let oracle: Oracle

    init(_ source: QuestionSource, count: Int, seed: UInt64) {
        (self.source, self.count) = (source, count)
        oracle = Oracle(seed: seed)
    }

    private struct Turn: Encodable {
        let role: String
        let content: String
    }

    private struct Record: Encodable {
        let id: String
        let messages: [Turn]
        let images: [String]
    }

    /// Writes the data file of a form, and its pictures beside it.
    /// - Returns: the data file.
    func write(_ form: ColdStartForm, to folder: URL) throws -> URL {
        let pictures = folder.appendingPathComponent("images", isDirectory: true)
        let file = folder.appendingPathComponent("\(form.rawValue).jsonl")
        do {
            try FileManager.default.createDirectory(at: pictures, withIntermediateDirectories: true)
            let renderer = try SceneRenderer()
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            var lines = Data()
            for index in 0..<count {
                let question = source.question(index)
                let record = record(question, form: form, variant: UInt64(index))
                if form != .text {
                    try renderer.png(question.scene).write(
                        to: folder.appendingPathComponent(record.images[0]), options: .atomic)
                }
                lines += try encoder.encode(record) + Data("\n".utf8)
            }
            try lines.write(to: file, options: .atomic)
            try note(form, in: folder)
        } catch let error as CocoaError {
            throw QwenVLError.unwritable(path: folder.path, reason: JSONFile.reason(of: error))
        }
        return file
    }

    private func record(_ question: Question, form: ColdStartForm, variant: UInt64) -> Record {
        let asked = "\(question.prompt)\n\(ReasoningPrompt.instruction)"
        let thought =
            form == .anchored
            ? oracle.anchored(for: question, variant: variant) : oracle.reflection(for: question, variant: variant)
        let prompt =
            form == .text
            ? oracle.description(of: question.scene, variant: variant) + "\n" + asked : "<image>" + asked
        return Record(
            id: question.id,
            messages: [
                Turn(role: "user", content: prompt),
                Turn(role: "assistant", content: oracle.response(think: thought, question: question)),
            ],
            images: form == .text ? [] : ["images/\(question.id).png"])
    }

    /// Names the file in dataset_info.json, beside what is named there already.
    private func note(_ form: ColdStartForm, in folder: URL) throws {
        let url = folder.appendingPathComponent("dataset_info.json")
        var info: [String: Any] = [:]
        if let old = try? Data(contentsOf: url) {
            info = (try? JSONSerialization.jsonObject(with: old) as? [String: Any]) ?? [:]
        }
        info["microworld_\(form.rawValue)"] = [
            "file_name": "\(form.rawValue).jsonl", "formatting": "sharegpt",
            "columns": ["messages": "messages", "images": "images"],
            "tags": [
                "role_tag": "role", "content_tag": "content", "user_tag": "user", "assistant_tag": "assistant",
                "system_tag": "system",
            ],
        ]
        let data = try JSONSerialization.data(
            withJSONObject: info, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        try data.write(to: url, options: .atomic)
    }
}
