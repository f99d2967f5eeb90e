// An evaluation of a few made-up questions, in a process of its own that tests can kill:
//
//     TinyEvaluation FOLDER [--endpoint URL] [--limit BYTES] [--tables]
//
// It notes its questions, finds the answers that are still to be found, and judges them. Without an endpoint the
// answers are made of the question's number. Each answer is named on standard output once it is said to be stored. With
// --limit no file may grow beyond so many bytes: a disk that is full. With --tables it writes every table that it can
// at the end, for Scripts/tables_check.py.
import ChatEndpoints
import Evaluation
import Foundation
import Scoring

let set = "Tiny", samples = 2

func question(_ number: Int) -> StoredQuestion {
    StoredQuestion(
        key: QuestionKey(benchmark: set, index: String(number)), prompt: "What is \(number) and \(number)?",
        pictures: [String(repeating: String(number % 10), count: 64)],
        exercise: Exercise(.mathVision, .freeForm, answer: String(2 * number)),
        columns: [
            .init("index", String(number)), .init("question", "What is\t\(number)?"),
            .init("hint", number % 3 == 0 ? nil : endings[number % endings.count]), .init("answer", String(2 * number)),
        ])
}

/// What breaks tables that are written carelessly.
let endings = [
    "", "\t", "\r", "\r\n", "\"", "\"\"", ",", "\\n", "'", "\u{2028}", "漢字 🚤 e\u{301}", "=1+1", "#", ";", "\u{FEFF}",
    "\u{1}",
]

func answer(_ key: AnswerKey) -> StoredAnswer {
    let number = Int(key.question.index) ?? 0
    if number % 50 == 7, key.sample == 1 { return StoredAnswer(key, .failed("it is too hard"), seconds: 0.25) }
    let reply = AnswerReply(
        text: number == 11
            ? "None"
            : "It is \(number % 9 == 0 ? 3 : 2 * number),\n“says” \(key.sample) \(endings[number % endings.count])",
        finish: number % 20 == 0 ? .length : .stop, promptTokens: 100 + number, newTokens: 20,
        attention: AttentionScores(paper: Double(number) / 7, visualShare: 0.25),
        tokenScores: (0..<1500).map { Float($0 * number) / 3 })
    return StoredAnswer(key, .answered(reply), seconds: Double(number) / 16, seed: Int64(number))
}

func named(_ key: AnswerKey) { FileHandle.standardOutput.write(Data("\(key.question.index) \(key.sample)\n".utf8)) }

func evaluate() async throws {
    let arguments = CommandLine.arguments
    func option(_ name: String) -> String? {
        arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? arguments[$0 + 1] : nil }
    }
    let store = try EvaluationStore(
        URL(fileURLWithPath: arguments[1], isDirectory: true), settings: [RunSetting("model", "tiny")])
    if let limit = option("--limit").flatMap({ rlim_t($0) }) {
        signal(SIGXFSZ, SIG_IGN)
        var limit = rlimit(rlim_cur: limit, rlim_max: limit)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }
    try store.add((0..<150).map(question))
    let pending = try store.pending(of: set, samples: samples)
    if let text = option("--endpoint") {
        var settings = ChatClient.Settings(try EndpointAddress(text), model: "tiny")
        settings.concurrency = 4
        let client = ChatClient(settings)
        _ = try await EndpointRun(client: client, store: store).run(pending) { key in
            ChatRequest([ChatMessage(.user, "\(key.question.index) \(key.sample)")])
        } report: { event in
            if case .answered(let key) = event { named(key) }
        }
        await client.shutDown()
    } else {
        for key in pending {
            try store.add(answer(key))
            named(key)
        }
    }
    // Verdicts can be made again at any time, so they come last.
    let reading = ReferenceReading()
    var verdicts: [StoredVerdict] = []
    try store.forEachItem { item in
        guard item.verdicts.isEmpty, let text = item.answer.reply?.text else { return }
        let judgement = reading.judgement(on: text, for: item.question.exercise)
        verdicts.append(StoredVerdict(item.answer.key, reading: "reference", judgement))
    }
    try store.add(verdicts)
    if arguments.contains("--tables") {
        let folder = store.url.deletingLastPathComponent()
        try store.exportJSONL(to: folder.appendingPathComponent("answers.jsonl"))
        try store.exportCSV(to: folder.appendingPathComponent("answers.csv"))
        try store.exportPredictions(to: folder.appendingPathComponent("predictions.tsv"), of: set)
    }
    try store.close()
}

do {
    try await evaluate()
} catch {
    FileHandle.standardError.write(Data("Error: \(error.localizedDescription)\n".utf8))
    exit(1)
}
