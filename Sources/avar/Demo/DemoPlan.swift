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

    /// The answers to the questions as they are, with the attention of the questions' tokens.
    var plainAnswers: [ExamResult] { answers.filter { $0.condition == .picture } }
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
    ///   - trainingSteps: of each cold start; 0 for none.
    init(isFull: Bool, trainingSteps: Int) {
        let training: [any DemoStep] = trainingSteps > 0 ? [ColdStartStep(steps: trainingSteps)] : []
        steps = [ExamStep(), SweepStep(isFull: isFull), CorrelationStep()] + training + [PicturesStep()]
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
