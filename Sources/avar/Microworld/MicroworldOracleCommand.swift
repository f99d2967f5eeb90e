import ArgumentParser
import Microworld
import OracleServing
import Serving

/// `avar microworld oracle`: what the oracle writes.
struct MicroworldOracleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oracle",
        abstract: "Shows what an oracle, which reads the scene and is no model, writes about questions, or serves it.",
        discussion: """
            The oracle knows the scene as data. It sees no picture, and its answers say nothing about any model: its texts are \
            what models are trained on and measured against. For each question it writes a description of the scene, a brief thought, \
            a chain of reasoning that checks itself (in a quarter of them a slip is taken back), and the same chain with anchors that \
            look back at the picture. Questions are those of avar microworld make with the same options; --seed decides the words too.

            With --port the oracle answers over HTTP as avar serve does, by the name \(OracleBackend.name), about the pictures of \
            these questions alone (2000 of the train split unless given): lines such as "Task: describe the picture", "Task: reason \
            from the description" and "Task: weave in the picture" ask for the stages of avar synthesize.
            """)

    @OptionGroup var questions: QuestionOptions

    @Option(help: "Which of the texts about the same question: any number gives another wording.")
    var variant: UInt64 = 0

    @Flag(help: "One JSON object a line.")
    var json = false

    @Option(parsing: .unconditional, help: "Serve the oracle at this port instead, 0 for any that is free.")
    var port: Int?

    @Option(parsing: .unconditional, help: "The share of served answers that quality gates are to catch, 0 to 1.")
    var slips = 0.0

    @Option(parsing: .unconditional, help: "How many seconds a served answer takes.")
    var delay = 0.0

    @Option(
        help: "Faults of the served endpoint, to test clients: \(Faults.names).")
    var faults: String?

    @Option(parsing: .unconditional, help: "How many served requests are answered at a time.")
    var concurrent = 256

    @Flag(help: "Say nothing of each served request.")
    var quiet = false

    func validate() throws {
        if port == nil {
            try questions.requireSplitAndCount()
            if slips != 0 || delay != 0 || faults != nil || quiet {
                throw ValidationError("--slips, --delay, --faults and --quiet are of the oracle that --port serves.")
            }
        } else if json {
            throw ValidationError("--json is of what the oracle writes, not of the one that --port serves.")
        }
    }

    func run() throws {
        if let port { return try serve(port) }
        let oracle = Oracle(seed: questions.seed)
        let source = questions.source
        for index in 0..<questions.count {
            let record = OracleRecord(source.question(index), oracle: oracle, variant: variant)
            if json { try Output.json(record) } else { Output.line(record.text) }
        }
    }

    private func serve(_ port: Int) throws {
        var oracle = OracleSettings()
        (oracle.seed, oracle.slips, oracle.seconds) = (questions.seed, slips, delay)
        let catalogue = try OracleCatalogue([questions.source], limit: questions.count)
        var settings = ServingSettings()
        (settings.port, settings.concurrent) = (port, concurrent)
        (settings.waiting, settings.connections) = (4096, 4096)
        settings.faults = try faults.map { try Faults(parsing: $0) }
        try Listening.serve(OracleBackend(catalogue, settings: oracle), settings: settings, quiet: quiet)
    }
}

/// What the oracle writes about a question.
private struct OracleRecord: Encodable {
    let id: String
    let prompt: String
    let answer: String
    let answerText: String
    let listing: String
    let description: String
    let brief: String
    let reflection: String
    let anchored: String

    init(_ question: Question, oracle: Oracle, variant: UInt64) {
        (id, prompt) = (question.id, question.prompt)
        (answer, answerText) = (oracle.reply(to: question), oracle.answer(to: question))
        listing = oracle.listing(of: question.scene)
        description = oracle.description(of: question.scene, variant: variant)
        brief = oracle.brief(for: question, variant: variant)
        reflection = oracle.reflection(for: question, variant: variant)
        anchored = oracle.anchored(for: question, variant: variant)
    }

    /// A block for a reader, with an empty line behind it.
    var text: String {
        """
        \(id)
        \(prompt)

        Answer: \(answer == answerText ? answer : "\(answer), \(answerText)")
        Listing: \(listing)
        Description: \(description)
        Brief: \(brief)
        Reflection: \(reflection)
        Anchored: \(anchored)

        """
    }
}
