import ArgumentParser
import Microworld

/// `avar microworld oracle`: what the oracle writes.
struct MicroworldOracleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "oracle",
        abstract: "Shows what an oracle, which reads the scene and is no model, writes about questions.",
        discussion: """
            The oracle knows the scene as data. It sees no picture, and its answers say nothing about any model: its texts are \
            what models are trained on and measured against. For each question it writes a description of the scene, a brief thought, \
            a chain of reasoning that checks itself (in a quarter of them a slip is taken back), and the same chain with anchors that \
            look back at the picture. Questions are those of avar microworld make with the same options; --seed decides the words too.
            """)

    @OptionGroup var questions: QuestionOptions

    @Option(help: "Which of the texts about the same question: any number gives another wording.")
    var variant: UInt64 = 0

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() throws {
        let oracle = Oracle(seed: questions.seed)
        let source = questions.source
        for index in 0..<questions.count {
            let record = OracleRecord(source.question(index), oracle: oracle, variant: variant)
            if json { try Output.json(record) } else { Output.line(record.text) }
        }
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
