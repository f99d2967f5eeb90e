import Foundation
import Microworld
import QwenVL
import Reinforcement
import Samples
import Testing
import Torch
import VisualAttention

/// What is recorded while answers are drawn, beside passes over the finished answers.
@Suite(.serialized) struct RolloutTests {
    static let checkpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Checkpoints/microworld")

    /// Questions of the microworld as samples.
    struct Questions: SampleSource {
        let count: Int
        var split = Split.train
        var name: String { "questions" }

        func entries() throws -> SampleEntries {
            let (source, renderer) = (QuestionSource(split: split), try SceneRenderer())
            var number = 0
            return SampleEntries {
                guard number < count else { return nil }
                number += 1
                return SampleEntry(number: number, place: "Question \(number)") { [number] in
                    let question = source.question(number - 1)
                    let picture = PictureReference.bytes(try renderer.png(question.scene), name: question.id)
                    return Sample(
                        id: question.id,
                        turns: [
                            .init(role: .user, content: [.picture(picture), .text(question.prompt)]),
                            .init(role: .assistant, content: [.text(question.answer)]),
                        ])
                }
            }
        }
    }

    static let template = PromptTemplate(before: "", after: "\n" + ReasoningPrompt.instruction, trims: false)

    private func engine(
        _ settings: RolloutEngine.Settings, dtype: DType = .float32
    ) throws -> (RolloutEngine, ProblemSet) {
        let assistant = try VisualAssistant(folder: Self.checkpoint) { folder in
            // As a training opens it: all weights in the type that is computed in.
            try QwenVLModel(folder: folder, dtype: dtype, converts: true)
        }
        let problems = try ProblemSet(
            [(Questions(count: 6), nil)], template: Self.template, processor: assistant.processor, maximumTokens: 500)
        return (RolloutEngine(assistant, settings: settings), problems)
    }

    private func prompts(_ problems: ProblemSet, _ indices: [Int]) throws -> [(index: Int, input: ModelInput)] {
        try indices.map { ($0, try problems.input(problems.problem($0))) }
    }

    /// In float32 what differs is the rounding of the model; in float64 next to nothing but the logits' float32 is left.
    @Test(arguments: [(1.0, DType.float32), (0.8, .float32), (1.3, .float32), (1.0, .float64)])
    func whatIsRecordedIsWhatAPassFinds(temperature: Double, dtype: DType) throws {
        let (engine, problems) = try engine(
            .init(groupSize: 4, temperature: temperature, maximumNewTokens: 40, seed: 5), dtype: dtype)
        let tolerance = dtype == .float64 ? 1e-5 : 1e-4
        let asked = try prompts(problems, [0, 3, 5])
        let groups = try #require(try engine.groups(asked, iteration: 2))
        #expect(groups.map(\.count) == [4, 4, 4])
        #expect(Set(groups.joined().map(\.text)).count > 4)
        for (prompt, rollouts) in zip(asked, groups) {
            for rollout in rollouts {
                let input = try prompt.input.answered(by: rollout.tokenIDs)
                let model = engine.assistant.model
                try withoutGradient {
                    let output = try model.forward(input, logits: .none, groups: KeyGroups(roles: input.roles))
                    let first = prompt.input.inputIDs.count - 1
                    let states = try output.hiddenStates.select(0, 0).slice(0, first..<first + rollout.tokenIDs.count)
                    let found = try model.logProbabilities(
                        of: states, targets: rollout.tokenIDs, excluded: engine.bannedTokenIDs, temperature: temperature
                    )
                    #expect(rollout.logProbabilities.count == rollout.tokenIDs.count)
                    for (drawn, computed) in zip(rollout.logProbabilities, found.logProbabilities) {
                        #expect(abs(drawn - computed) < tolerance, "\(drawn) \(computed)")
                    }
                    // Rows of the answer's tokens but the last, which is never a query.
                    guard rollout.tokenIDs.count > 1 else { return }
                    let rows = Array(first + 1..<first + rollout.tokenIDs.count)
                    let mass = try AttentionMass(output.masses, queries: rows)
                    let masses = try #require(rollout.masses)
                    #expect(masses.tokens == rows.count && masses.layers == mass.layerCount)
                    for layer in 0..<mass.layerCount {
                        for (token, _) in rows.enumerated() {
                            let image = (0..<mass.headCount).reduce(0.0) { $0 + mass[layer, $1, token, .visual] }
                            let mean = image / Double(mass.headCount)
                            #expect(abs(Double(masses.image[layer * masses.tokens + token]) - mean) < 1e-5)
                        }
                    }
                }
            }
        }
    }

    @Test func aRolloutIsReplayedAloneFromItsSeed() throws {
        let (engine, problems) = try engine(.init(groupSize: 3, maximumNewTokens: 30, seed: 9))
        let asked = try prompts(problems, [1, 2, 4])
        let groups = try #require(try engine.groups(asked, iteration: 7))
        for (prompt, rollouts) in zip(asked, groups) {
            for rollout in rollouts {
                let again = try engine.replayed(rollout, input: prompt.input)
                #expect(again.tokenIDs == rollout.tokenIDs && again.logProbabilities == rollout.logProbabilities)
                #expect(again.masses == rollout.masses && again.vas == rollout.vas)
            }
        }
        // Another iteration draws others.
        let others = try #require(try engine.groups(asked, iteration: 8))
        #expect(others.joined().map(\.text) != groups.joined().map(\.text))
        #expect(try engine.groups(asked, iteration: 7, shouldStop: { true }) == nil)
    }

    @Test func promptTemplates() throws {
        let template = try PromptTemplate("Before. {{ content | trim }} After.\n")
        #expect(template == PromptTemplate(before: "Before. ", after: " After.", trims: true))
        #expect(try PromptTemplate("{{content}}") == PromptTemplate(before: "", after: "", trims: false))
        for (text, words) in [
            ("nothing", "one place"), ("{{ content }} {{ content }}", "one place"), ("{{ other }}", "{{ content }}"),
            ("{{ content | upper }}", "{{ content }}"), ("{% if x %}{{ content }}{% endif %}", "instructions"),
        ] {
            let error = #expect(throws: SampleError.self) { try PromptTemplate(text) }
            #expect(error?.localizedDescription.contains(words) == true, "\(error?.localizedDescription ?? "")")
        }
        let assistant = try VisualAssistant(folder: Self.checkpoint)
        let problems = try ProblemSet(
            [(Questions(count: 2), nil)], template: template, processor: assistant.processor, maximumTokens: 500)
        let problem = try problems.problem(0)
        let text = problem.content.compactMap { piece -> String? in
            if case .text(let text) = piece { return text }
            return nil
        }
        #expect(text == ["Before. ", problem.text + " After."])
        #expect(try problem.tokens == problems.input(problem).inputIDs.count)
    }

    @Test func problemsThatAreTooLongAreCountedAndOnesWithoutAnswerNamed() throws {
        let assistant = try VisualAssistant(folder: Self.checkpoint)
        func set(_ tokens: Int) throws -> ProblemSet {
            try ProblemSet(
                [(Questions(count: 20), nil)], template: Self.template, processor: assistant.processor,
                maximumTokens: tokens)
        }
        let lengths = try (0..<20).map { try set(1000).problem($0).tokens }
        let middle = lengths.sorted()[10]
        let some = try set(middle)
        #expect(some.count == lengths.count { $0 <= middle } && some.tooLong == 20 - some.count)
        #expect(throws: SampleError.self) { try set(3) }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("problems.jsonl")
        try Data("{\"problem\": \"1 + 1?\", \"answer\": \"2\"}\n{\"problem\": \"2 + 2?\"}\n".utf8).write(to: file)
        let error = #expect(throws: SampleError.self) {
            try ProblemSet(
                [(SampleFiles.source(file.path), nil)], template: .plain, processor: assistant.processor,
                maximumTokens: 100)
        }
        #expect(error?.localizedDescription.contains("Line 2 of") == true, "\(error?.localizedDescription ?? "")")
        // The first problems alone are good.
        let first = try ProblemSet(
            [(SampleFiles.source(file.path), 1)], template: .plain, processor: assistant.processor, maximumTokens: 100)
        #expect(try first.count == 1 && first.problem(0).answer == "2")
    }
}
