import Dispatch
import Foundation
import Images
import Microworld
import QwenVL
import RandomNumbers
import Synchronization

/// The samples of a pretraining: each from its number alone, so that order and resumption need no memory.
struct PretrainingData: Sendable {
    static let listingPrompts = ["List what you see.", "List everything in the picture."]

    private let recipe: PretrainingRecipe
    private let source: QuestionSource
    private let renderer: SceneRenderer
    private let oracle: Oracle
    private let easyVQA: EasyVQASet?

    init(_ recipe: PretrainingRecipe) throws {
        self.recipe = recipe
        source = QuestionSource(split: .train, seed: recipe.seed, hints: .some, hintRate: recipe.hintRate)
        renderer = try SceneRenderer()
        oracle = Oracle(seed: recipe.seed)
        easyVQA = try recipe.easyVQA.map { try EasyVQASet(folder: $0) }
    }

    /// The conversations of a step, drawn side by side.
    func batch(step: Int) throws -> [[Message]] {
        let drawn = Mutex([Int: Result<[Message], any Error>]())
        DispatchQueue.concurrentPerform(iterations: recipe.batchSize) { slot in
            let messages = Result { try self.messages(step: step, slot: slot) }
            drawn.withLock { $0[slot] = messages }
        }
        let all = drawn.withLock { $0 }
        return try (0..<recipe.batchSize).compactMap { try all[$0]?.get() }
    }

    /// The conversation of a sample: a question with its picture, and the answer to learn.
    func messages(step: Int, slot: Int) throws -> [Message] {
        let number = step * recipe.batchSize + slot
        var random = SplitMix64(recipe.seed, UInt64(number), 77)
        let task = draw(recipe.phase(step).weights, &random)
        if task.isOfEasyVQA {
            guard let easyVQA else { throw QwenVLError.input("The recipe names no easy-VQA set") }
            return try easyVQA.messages(listing: task == .easyVQAListing, &random)
        }
        // Families take turns by number; a number of its own keeps tasks and families independent.
        let question = source.question(Int(truncatingIfNeeded: random.next() >> 32))
        return try messages(question, task: task, variant: random.next(), &random)
    }

    /// The conversation about a question.
    func messages(
        _ question: Question, task: PretrainingTask, variant: UInt64, _ random: inout SplitMix64
    ) throws -> [Message] {
        let (prompt, answer): (String, String)
        switch task {
        case .listing:
            prompt = random.pick(Self.listingPrompts)
            answer = oracle.listing(of: question.scene)
        case .description:
            prompt = random.pick(["Describe the picture.", "What does the picture show?"])
            answer = oracle.description(of: question.scene, variant: variant)
        case .reasoning:
            prompt = "\(question.prompt)\n\(ReasoningPrompt.instruction)"
            answer = oracle.response(think: oracle.brief(for: question, variant: variant), question: question)
        default: (prompt, answer) = (question.prompt, question.answer)
        }
        return [.user(prompt, images: [try picture(of: question)]), .assistant(answer)]
    }

    /// The picture of a question.
    func picture(of question: Question) throws -> RGBImage {
        try RGBImage(encoded: renderer.png(question.scene), name: question.id)
    }

    private func draw(_ weights: [PretrainingTask: Double], _ random: inout SplitMix64) -> PretrainingTask {
        let tasks = PretrainingTask.allCases.filter { weights[$0] != nil }
        var rest = random.uniform() * tasks.reduce(0) { $0 + (weights[$1] ?? 0) }
        for task in tasks {
            rest -= weights[task] ?? 0
            if rest < 0 { return task }
        }
        return tasks[tasks.count - 1]
    }
}
