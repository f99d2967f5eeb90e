import Foundation
import Reports
import VisualAttention

/// What the steps of a demo work with, and what they leave for those that follow.
struct DemoContext {
    let assistant: VisualAssistant
    /// As it was given.
    let model: String
    /// The checkpoint, as later runs recognise it.
    let source: MeasurementSettings.Source
    let runtime: RuntimeOptions
    /// Where results are kept.
    let folder: URL
    /// Looked at between two pieces of work.
    let interrupt: Interrupt
    let world: MicroworldData
    /// The questions that are asked.
    let numbers: [Int]
    /// The answers under every condition, once the exam is over.
    var answers: [ExamResult] = []
    /// The checkpoint of the guided cold start, once it is there.
    var coldStart: URL?

    /// The answers to the questions as they are, with the attention of the questions' tokens.
    var plainAnswers: [ExamResult] { answers.filter { $0.condition == .picture } }

    /// The questions as an exam puts them.
    var paper: MicroworldPaper { MicroworldPaper(world: world) }

    /// Puts the questions to a model, and measures where their tokens look when the picture is shown.
    /// - Parameters:
    ///   - assistant: the model.
    ///   - source: its checkpoint.
    ///   - style: how an answer is asked for.
    ///   - conditions: how the questions are put.
    ///   - place: the folder of the answers, of which those that are there are kept.
    ///   - title: what progress calls the questions.
    ///   - finish: given that folder and the answers.
    /// - Returns: what `finish` gives.
    /// - Throws: as a pass over questions does, and what `finish` throws.
    func examine<Found>(
        _ assistant: VisualAssistant, source: MeasurementSettings.Source, style: ExamStyle,
        conditions: [ExamCondition], in place: URL, title: String,
        finish: (ResultFolder<ExamSettings, ExamResult>, [ExamResult]) throws -> Found
    ) throws -> Found {
        let paper = paper
        let results = try ResultFolder<ExamSettings, ExamResult>(
            place,
            settings: ExamSettings(
                model: source, data: world.settings(), style: style, maxNewTokens: style.maxNewTokens,
                shuffledAmong: paper.shuffledAmong, dtype: runtime.dtype.rawValue, device: runtime.device,
                isOfDemo: true))
        defer { results.close() }
        var pass = ResultPass(
            paper.data, numbers: numbers, folder: results, skipsBad: false, title: title, interrupt: interrupt
        ) { number in conditions.map { ExamResult.Key(line: number, condition: $0) } }
        let examiner = Examiner(
            assistant: assistant, paper: paper, style: style, maxNewTokens: style.maxNewTokens, observed: [.picture])
        try pass.run(with: { examiner }, together: Examiner.together) { examiner, jobs, shouldStop in
            try examiner.results(of: jobs, shouldStop: shouldStop)
        }
        return try finish(results, pass.countedResults())
    }
}

/// One stage of the demo.
protocol DemoStep {
    /// Does the work, and says what came of it.
    func run(_ context: inout DemoContext) throws -> DemoPart
}

/// What came of a stage: in the table, in the JSON and on the page.
struct DemoPart {
    /// The key in the JSON.
    let name: String
    /// The value there.
    let value: any Encodable
    /// For people, on the terminal.
    let lines: [String]
    /// The first facts that the page says.
    var facts: [Summary.Row] = []
    /// What must not be overlooked with them.
    var warnings: [String] = []
    /// On the page.
    let sections: [Report.Section]
}

/// The stages in their order; each may use what those before it have left.
struct DemoPlan {
    let steps: [any DemoStep]

    /// The stages of `avar demo`.
    /// - Parameters:
    ///   - isFull: whether the sweep takes every coefficient, reading and preset.
    ///   - trainingSteps: of each cold start; 0 for none, and no reinforcement.
    ///   - iterations: of each reinforcement; 0 for none.
    init(isFull: Bool, trainingSteps: Int, iterations: Int) {
        var training: [any DemoStep] = trainingSteps > 0 ? [ColdStartStep(steps: trainingSteps)] : []
        if trainingSteps > 0, iterations > 0 { training.append(ReinforcementStep(iterations: iterations)) }
        steps =
            [ExamStep(), BenchmarkStep(), SweepStep(isFull: isFull), CorrelationStep(), SynthesisStep()] + training
            + [PicturesStep()]
    }

    /// Does them all.
    func run(_ context: DemoContext) throws -> [DemoPart] {
        var context = context
        return try steps.map { step in
            try context.interrupt.check()
            return try step.run(&context)
        }
    }
}

/// What the demo found, as JSON: a few facts, and a key for each stage.
struct DemoReport: Encodable {
    let model: String
    let parameters: Int
    let questions: Int
    let seconds: Double
    /// Where the page lies.
    let page: String
    let parts: [DemoPart]

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(model, forKey: Key("model"))
        try container.encode(parameters, forKey: Key("parameters"))
        try container.encode(questions, forKey: Key("questions"))
        try container.encode(seconds, forKey: Key("seconds"))
        try container.encode(page, forKey: Key("page"))
        for part in parts { try container.encode(part.value, forKey: Key(part.name)) }
    }
}
