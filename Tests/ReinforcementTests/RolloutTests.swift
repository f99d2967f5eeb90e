import Foundation
import ColdStart
import Microworld
import QwenVL
import Reinforcement
import Samples
import Testing
import Torch
import Training
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

    @Test(arguments: [(1.0, DType.float32), (0.8, .float32), (1.3, .float32), (1.0, .float64)])
    func whatIsRecordedIsWhatAPassFinds(temperature: Double, dtype: DType) throws {
        let (engine, problems) = try engine(
            .init(groupSize: 4, temperature: temperature, maximumNewTokens: 40, seed: 5), dtype: dtype)
        let tolerance = 1e-5
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
                            let system = (0..<mass.headCount).reduce(0.0) { $0 + mass[layer, $1, token, .system] }
                            let systemMean = system / Double(mass.headCount)
                            #expect(abs(Double(masses.system[layer * masses.tokens + token]) - systemMean) < 1e-5)
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

    /// The same problem twice in an iteration: two groups, not one group twice.
    @Test func aProblemThatComesAgainIsDrawnAnew() throws {
        let (engine, problems) = try engine(.init(groupSize: 4, maximumNewTokens: 30, problemsTogether: 2, seed: 9))
        let asked = try prompts(problems, [1, 2, 1])
        let groups = try #require(try engine.groups(asked, iteration: 0))
        #expect(Set(groups.joined().map(\.seed)).count == 12)
        #expect(groups[0].map(\.tokenIDs) != groups[2].map(\.tokenIDs))
        // Drawn in another round, it is the same second group.
        let later = try #require(try engine.groups([asked[2]], iteration: 0, earlier: [1: 1]))
        #expect(later[0].map(\.tokenIDs) == groups[2].map(\.tokenIDs))
    }

    @Test func anAnswerOfOneTokenHasAPictureAndNoRow() throws {
        let (engine, problems) = try engine(.init(groupSize: 2, maximumNewTokens: 1))
        for rollout in try #require(try engine.groups(prompts(problems, [0]), iteration: 0)).joined() {
            #expect(rollout.masses?.tokens == 0 && rollout.masses?.ratio() == nil)
        }
    }

    /// Answers behind one copy of their prompt get what each gets behind a prompt of its own: states, masses, gradients.
    @Test(arguments: [DType.float32, .float64])
    func branchesAreWhatTheyAreAlone(dtype: DType) throws {
        let (engine, problems) = try engine(.init(groupSize: 2), dtype: dtype)
        let model = engine.assistant.model
        let asked = try prompts(problems, [0, 3]).map(\.input)
        let vocabulary = model.configuration.text.vocabularySize
        let answers = [[5, 6, 7, 8, 9], [10], [11, 12, 13]].map { $0.map { $0 * 31 % vocabulary } }
        let branched = try asked[0].answered(byEach: answers)
        let alone = try answers.map { try asked[0].answered(by: $0) }
        let (shared, tolerance) = (asked[0].inputIDs.count, dtype == .float64 ? 1e-10 : 2e-4)
        #expect(branched.sharedCount == shared)
        let names = [
            "model.layers.0.self_attn.k_proj.weight", "model.embed_tokens.weight", "visual.merger.mlp.0.weight",
        ]
        let weights = try names.map { try model.parameters.tensor($0) }
        for weight in weights { try weight.setRequiresGradient(true) }

        /// Rows of answers, masses there, and gradients of a sum of squares that counts every row of an answer once.
        func found(_ inputs: [ModelInput], rows: [[Int]]) throws -> (
            states: Tensor, masses: [Tensor], gradients: [Tensor]
        ) {
            for weight in weights { try weight.clearGradient() }
            let output = try model.forward(
                batch: inputs, logits: .none, groups: inputs.map { KeyGroups(roles: $0.roles) }, layout: .packed)
            let places = try Tensor(
                zip(output.offsets, rows).flatMap { offset, rows in rows.map { Int64(offset + $0) } })
            let states = try output.hiddenStates.select(0, 0).indexSelect(0, places)
            let masses = try output.masses.map { try $0.indexSelect(2, places) }
            var loss = try states.square().sum()
            for mass in masses { loss = try loss + mass.square().sum().to(loss.dtype) }
            try loss.backward()
            return (
                try states.detached(), try masses.map { try $0.detached() },
                try weights.map { try #require(try $0.gradient).clone() }
            )
        }
        func worst(_ one: Tensor, _ other: Tensor) throws -> Double {
            let (one, other) = (
                try one.to(.float64).values(as: Double.self), try other.to(.float64).values(as: Double.self)
            )
            let scale = other.reduce(1e-12) { max($0, abs($1)) }
            return zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) } / scale
        }
        let own = answers.reduce(into: (start: shared, rows: [[Int]]())) { sum, answer in
            sum.rows.append([shared - 1] + (sum.start..<sum.start + answer.count))
            sum.start += answer.count
        }.rows
        let together = try found([branched, asked[1]], rows: [own.flatMap { $0 }, [4]])
        let apart = try found(
            alone + [asked[1]], rows: answers.map { Array(shared - 1..<shared + $0.count) } + [[4]])
        #expect(try worst(together.states, apart.states) < tolerance)
        for (one, other) in zip(together.masses, apart.masses) { #expect(try worst(one, other) < tolerance) }
        for (one, other) in zip(together.gradients, apart.gradients) { #expect(try worst(one, other) < tolerance * 5) }
        // An answer does not see its neighbour.
        var changed = branched
        changed.inputIDs[shared] = (changed.inputIDs[shared] + 1) % vocabulary
        let other = try withoutGradient {
            try model.forward(batch: [changed], logits: .none, layout: .packed).hiddenStates
        }
        let before = try withoutGradient {
            try model.forward(batch: [branched], logits: .none, layout: .packed).hiddenStates
        }
        let rest = shared + answers[0].count..<branched.inputIDs.count
        #expect(try worst(other.slice(1, rest), before.slice(1, rest)) == 0)
        #expect(try worst(other.slice(1, shared..<shared + 1), before.slice(1, shared..<shared + 1)) > 1e-3)
        #expect(throws: QwenVLError.self) {
            try model.forward(batch: [branched], logits: .none, layout: .padded)
        }
    }

    /// A system turn and earlier turns belong to the prompt.
    @Test func whatStandsBeforeAProblemIsKept() throws {
        let assistant = try VisualAssistant(folder: Self.checkpoint)
        struct One: SampleSource {
            let turns: [Sample.Turn]
            var name: String { "one" }
            func entries() throws -> SampleEntries {
                var isDone = false
                return SampleEntries {
                    defer { isDone = true }
                    return isDone ? nil : SampleEntry(number: 1, place: "One") { [turns] in Sample(turns: turns) }
                }
            }
        }
        func turn(_ role: Message.Role, _ text: String) -> Sample.Turn { .init(role: role, content: [.text(text)]) }
        func set(_ turns: [Sample.Turn], system: DataSettings.System = .keep) throws -> ProblemSet {
            try ProblemSet(
                [(One(turns: turns + [turn(.user, "what color?"), turn(.assistant, "red")]), nil)],
                template: Self.template, system: system, processor: assistant.processor, maximumTokens: 500)
        }
        func input(_ set: ProblemSet) throws -> ModelInput { try set.input(set.problem(0)) }
        let (plain, ruled) = (try set([]), try set([turn(.system, "count the red one")]))
        let talk = try set([turn(.user, "is it big?"), turn(.assistant, "no")])
        #expect(Set([plain.fingerprint, ruled.fingerprint, talk.fingerprint]).count == 3)
        #expect(try input(plain).inputIDs != input(ruled).inputIDs)
        #expect(try input(talk).turns.max() ?? 0 > input(plain).turns.max() ?? 0)
        #expect(try ruled.problem(0).text == "what color?" && ruled.problem(0).tokens == input(ruled).inputIDs.count)
        #expect(try input(set([turn(.system, "count")], system: .none)).roles.contains(.system) == false)
        #expect(
            try input(set([], system: .text("count the red one"))).inputIDs == input(ruled).inputIDs)
        #expect(try talk.problem(0).tokens == input(talk).inputIDs.count)
        // Of a prompt with earlier answers the branches alone are learned from.
        let branched = try input(talk).answered(byEach: [[5, 6], [7]])
        let rows = AnswerRows([branched], layout: .packed)
        #expect(rows.targets == [5, 6, 7] && rows.counts == [3])
        let shared = branched.sharedCount
        #expect(rows.rows == [shared - 1, shared, shared - 1])
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
        let text = problem.turns.flatMap(\.content).compactMap { piece -> String? in
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
