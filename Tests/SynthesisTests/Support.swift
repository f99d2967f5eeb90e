import ChatServer
import Foundation
import Requests
import Synchronization
import Synthesis
import Testing

/// A picture of one pixel.
let onePixel =
    Data(
        base64Encoded:
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
    ?? Data()

/// A folder that goes when the test ends.
func withFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("synthesis-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// A value behind a lock that can be copied about.
final class Shared<Value: Sendable>: Sendable {
    private let mutex: Mutex<Value>
    init(_ value: Value) { mutex = Mutex(value) }
    func withLock<Result: Sendable>(_ body: (inout sending Value) -> sending Result) -> Result {
        mutex.withLock { body(&$0) }
    }
    var value: Value { mutex.withLock { $0 } }
}

/// Questions, settings and an endpoint, in a folder.
struct Bench {
    let folder: URL

    /// Questions with one picture each.
    init(_ folder: URL, questions: Int) throws {
        self.folder = folder
        let encoder = JSONEncoder()
        var lines = Data()
        for number in 0..<questions {
            // A pixel is followed by bytes that nobody reads: every picture is another.
            try (onePixel + Data("\(number)".utf8)).write(to: folder.appendingPathComponent("\(number).png"))
            let record = Record(
                id: "q\(number)", problem: "<image>What is number \(number)?\nA. right\nB. wrong",
                images: ["\(number).png"], answer: "A")
            lines += try encoder.encode(record) + Data("\n".utf8)
        }
        try lines.write(to: folder.appendingPathComponent("questions.jsonl"))
    }

    private struct Record: Encodable {
        let id: String
        let problem: String
        let images: [String]
        let answer: String
    }

    var settingsFile: URL { folder.appendingPathComponent("settings.yaml") }

    /// Writes settings.
    /// - Parameters:
    ///   - url: of the endpoint.
    ///   - stage: more lines of every stage.
    ///   - more: more lines of the file.
    ///   - change: of single stages: more lines by name.
    /// - Returns: the settings.
    /// - Throws: what is wrong with them.
    @discardableResult
    func write(
        _ url: String, stage: [String] = [], more: String = "", change: [String: [String]] = [:]
    ) throws -> SynthesisSettings {
        var text = "output: out\ndata:\n  - path: questions.jsonl\nstages:\n"
        for name in ["description", "reasoning", "anchors"] {
            text += "  \(name):\n    endpoint: \(url)\n    model: model-\(name)\n"
            let own = change[name] ?? []
            let names = Set(own.map { $0.prefix { $0 != ":" } })
            let fast = ["max_tokens: 64", "first_delay: 0.01", "idle_timeout: 5", "concurrency: 16"]
            let common = stage + fast.filter { line in !stage.contains { $0.hasPrefix(line.prefix { $0 != ":" }) } }
            for line in common.filter({ !names.contains($0.prefix { $0 != ":" }) }) + own { text += "    \(line)\n" }
        }
        text += more + "\n"
        try Data(text.utf8).write(to: settingsFile)
        return try SynthesisSettings(contentsOf: settingsFile)
    }

    var output: URL { folder.appendingPathComponent("out") }

    /// Runs once.
    @discardableResult
    func run(
        _ settings: SynthesisSettings, judge: any SampleJudge = NoJudge(), environment: [String: String] = [:],
        report: @escaping @Sendable (SynthesisEvent) -> Void = { _ in }
    ) async throws -> SynthesisSummary {
        let store = try SynthesisStore(settings.output)
        let summary = try await SynthesisRun(settings, store: store, judge: judge, report: report)
            .run(environment: environment)
        try store.close()
        return summary
    }

    /// Every sample as one line: what it became, and its last text.
    func outcomes() throws -> [String] {
        let store = try SynthesisStore(reading: output)
        var lines: [String] = []
        try store.forEachSample { sample in
            lines.append("\(sample.key) \(sample.state) \(sample.gate ?? "") \(sample.text(.anchors) ?? "")")
        }
        return lines
    }
}

/// What the endpoint of these tests says.
enum Model {
    /// The stage that a question belongs to, by the first line of its prompt.
    static func stage(_ question: Question) -> Stage? {
        let lines: [(String, Stage)] = [
            ("Task: describe the picture", .description), ("Task: reason from the description", .reasoning),
            ("Task: weave in the picture", .anchors),
        ]
        return lines.first { question.text.hasPrefix($0.0) }?.1
    }

    /// The number of the question that it is about.
    static func number(_ question: Question) -> Int {
        let tail = question.text.components(separatedBy: "What is number ").dropFirst().first ?? ""
        return Int(tail.prefix { $0.isNumber }) ?? -1
    }

    static func words(_ question: Question) -> String {
        let (number, seed) = (number(question), Int(question.number("seed") ?? -1))
        switch stage(question) {
        case .description: return "A scan, elements, links and a synthesis of \(number)."
        case .reasoning: return "<think>By the description of \(number), seed \(seed).</think><answer>A</answer>"
        case .anchors: return "<think>Looking at \(number) again, seed \(seed).</think><answer>A</answer>"
        case nil: return "What?"
        }
    }

    static func answer(_ question: Question) -> Behaviour {
        .answer([words(question)], to: question, usage: (100, 20))
    }

    /// A fault on so many of a hundred tries: which one, decided by question and try.
    static func fault(_ question: Question, _ before: Int, percent: Int) -> Behaviour? {
        var hash: UInt64 = 14_695_981_039_346_656_037
        for byte in "\(question.text.hashFree)\(before)".utf8 { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
        hash ^= hash >> 29
        guard hash % 100 < UInt64(percent) else { return nil }
        switch hash / 100 % 6 {
        case 0: return .status(429, ["Retry-After": "0"], body: #"{"error": {"message": "slow down"}}"#)
        case 1: return .status(500, body: "oops")
        case 2: return answer(question).stalling(after: 30)
        case 3: return answer(question).cut(after: 40)
        case 4: return .raw("{\"choices\": [{\"mess", type: "application/json")
        default: return .json(["choices": [["index": 0, "message": ["content": 7]] as [String: Any]]])
        }
    }
}

extension String {
    /// What tells prompts apart, short.
    fileprivate var hashFree: String {
        "\(prefix(20))\(components(separatedBy: "What is number ").last?.prefix(8) ?? "")"
    }
}

/// Rejects by a word of the response.
struct WordJudge: SampleJudge {
    let fingerprint: String
    let isBad: @Sendable (CandidateSample) -> Bool

    init(_ fingerprint: String = "words", isBad: @escaping @Sendable (CandidateSample) -> Bool) {
        (self.fingerprint, self.isBad) = (fingerprint, isBad)
    }

    func verdicts(on sample: CandidateSample) async throws -> [GateVerdict] {
        let bad = isBad(sample)
        return [
            GateVerdict(gate: "length", passed: true),
            GateVerdict(gate: "words", passed: !bad, reason: bad ? "a bad word" : "", evidence: bad ? ["bad"] : []),
        ]
    }
}
