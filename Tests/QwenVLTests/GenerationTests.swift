import QwenVL
import Testing
import Torch

extension GoldenModel {
    /// The tokens of a case before its answer.
    func prompt(_ name: String, _ model: QwenVLModel) throws -> ModelInput {
        let roles = try integers("\(name).roles")
        return try input(name, model, first: roles.firstIndex(of: TokenRole.response.rawValue))
    }

    /// A prompt of words alone.
    func text(_ model: QwenVLModel, count: Int) throws -> ModelInput {
        try ModelInput(
            inputIDs: (0..<count).map { 5 + $0 * 7 % 90 }, roles: [TokenRole](repeating: .user, count: count),
            turns: [Int](repeating: 0, count: count), imageTokenID: model.configuration.imageTokenID)
    }
}

/// Sampled answers: alone, in batches, several to a prompt, and read again.
@Suite struct GenerationTests {
    private func options(
        _ count: Int = 24, seed: UInt64 = 0, ends: Set<Int> = [], change: (inout SamplingOptions) -> Void = { _ in }
    ) -> GenerationOptions {
        var sampling = SamplingOptions(temperature: 0.9, seed: seed)
        change(&sampling)
        return GenerationOptions(
            maxNewTokens: count, endTokenIDs: ends, sampling: sampling, wantsLogProbabilities: true)
    }

    private func expectSame(_ actual: Generation, _ expected: Generation, _ place: String) throws {
        #expect(actual.tokenIDs == expected.tokenIDs, "\(place)")
        #expect(actual.logProbabilities == expected.logProbabilities, "\(place)")
        #expect(actual.finishReason == expected.finishReason, "\(place)")
        #expect(actual.masses.count == expected.masses.count, "\(place)")
        for (own, other) in zip(actual.masses.joined(), expected.masses.joined()) {
            #expect(try own.floats() == other.floats(), "\(place)")
        }
    }

    // MARK: Log-probabilities

    @Test(arguments: GoldenModel.names, GoldenModel.cases)
    func sampledLogProbabilitiesAreThoseOfOnePass(name: String, of testCase: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let prompt = try golden.prompt(testCase, model)
        let ways: [(inout SamplingOptions) -> Void] = [
            { $0.temperature = 0 }, { $0.temperature = 1 }, { ($0.temperature, $0.topK, $0.topP) = (0.7, 20, 0.8) },
            { $0.bannedTokenIDs = model.configuration.visualMarkIDs.union(20..<90) }, { $0.repetitionPenalty = 1.3 },
        ]
        for (way, change) in ways.enumerated() {
            // More tokens than are scored at once.
            let options = options(70, seed: 3) {
                $0.bannedTokenIDs = model.configuration.visualMarkIDs
                change(&$0)
            }
            let generation = try model.generate(prompt, options: options)
            #expect(generation.logProbabilities.count == 70)
            let read = try withoutGradient {
                try model.logProbabilities(of: generation.tokenIDs, after: prompt, sampling: options.sampling)
            }.floats()
            #expect(read.count == 70)
            let difference = zip(read, generation.logProbabilities).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
            #expect(difference < 1e-5, "\(name) \(testCase) way \(way): \(difference)")
        }
    }

    /// The log-probabilities are those of a softmax over every row of logits, taken here in float64.
    @Test func logProbabilitiesOfGivenTokens() throws {
        let golden = try GoldenModel("grouped-2to1-tied")
        let model = try golden.model()
        let prompt = try golden.prompt("two", model)
        let answer = [10, 11, 12, 10]
        let logits = try #require(try model.forward(prompt.appending(answer)).logits)
        let rows = try logits.select(0, 0).slice(0, prompt.inputIDs.count - 1..<prompt.inputIDs.count + 3)
        let expected = try rows.to(.float64).logSoftmax(-1).gather(1, Tensor(answer, shape: [4, 1])).squeeze(1)
        let actual = try model.logProbabilities(of: answer, after: prompt)
        #expect(actual.shape == [4])
        for (own, other) in try zip(actual.floats(), expected.floats()) { #expect(abs(own - other) < 1e-5) }
        let warm = try model.logProbabilities(of: answer, after: prompt, sampling: SamplingOptions(temperature: 2))
        #expect(try warm.floats() != actual.floats())
        let banned = try model.logProbabilities(
            of: answer, after: prompt, sampling: SamplingOptions(bannedTokenIDs: [11])
        ).floats()
        #expect(banned[1] == -.infinity && banned[0].isFinite)
        #expect(throws: QwenVLError.self) { _ = try model.logProbabilities(of: [], after: prompt) }
        #expect(throws: QwenVLError.self) { _ = try model.logProbabilities(of: [100_000], after: prompt) }
    }

    /// Raising the log-probability of an answer along its gradient raises it.
    @Test func logProbabilitiesHaveAGradient() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try QwenVLModel(folder: golden.folder, dtype: .float32, converts: true)
        let prompt = try golden.prompt("one", model)
        let norm = try model.parameters.tensor("model.norm.weight")
        let sampling = SamplingOptions(
            temperature: 0.8, repetitionPenalty: 1.1, bannedTokenIDs: model.configuration.visualMarkIDs)
        try norm.setRequiresGradient(true)
        let sum = try model.logProbabilities(of: [9, 8, 7], after: prompt, sampling: sampling).sum()
        let gradient = try gradients(of: sum, withRespectTo: [norm])[0]
        #expect(try gradient.isFinite().all())
        let square = try gradient.square().sum().item()
        let changed = ParameterStore(
            try model.parameters.names.map { name in
                let tensor = try model.parameters.tensor(name).detached()
                return (
                    name, name == "model.norm.weight" ? try tensor + gradient * (1e-3 / square.squareRoot()) : tensor
                )
            })
        let moved = try QwenVLModel(configuration: model.configuration, parameters: changed)
        let after = try moved.logProbabilities(of: [9, 8, 7], after: prompt, sampling: sampling).sum().item()
        // To first order a step of 1e-3 along the gradient adds 1e-3 times its length.
        let expected = 1e-3 * square.squareRoot()
        #expect(abs(after - (try sum.item()) - expected) < 0.05 * expected)
    }

    // MARK: Batches

    /// Prompts with one picture, with two and with none, of different lengths, seeds and ways of drawing; some end early.
    @Test(arguments: GoldenModel.names, [false, true])
    func answersOfABatchAreThoseOfEachAlone(name: String, observing: Bool) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let inputs = [
            try golden.prompt("one", model), try golden.prompt("two", model), try golden.text(model, count: 11),
            try golden.prompt("one", model), try golden.text(model, count: 1),
        ]
        let ends = Set(0..<40)
        let ways: [GenerationOptions] = [
            options(30), options(24, seed: 7, ends: ends) { $0.topK = 9 },
            options(1, seed: 2),
            options(30, seed: 5, ends: [3, 50]) { ($0.temperature, $0.repetitionPenalty) = (0, 1.2) },
            options(20, seed: 1, ends: ends) { $0.topP = 0.8 },
        ]
        let requests = zip(inputs, ways).enumerated().map { index, pair in
            let groups = KeyGroups(count: 5, membership: pair.0.roles.map { 1 << UInt8($0.rawValue) })
            return GenerationRequest(
                pair.0, options: pair.1, samples: index == 1 ? 4 : 2, groups: observing ? groups : nil,
                responseGroups: 1 << 4)
        }
        let together = try model.generate(requests)
        #expect(together.map(\.count) == [2, 4, 2, 2, 2])
        #expect(Set(together.joined().map(\.tokenIDs.count)).count > 3)
        for (index, request) in requests.enumerated() {
            let alone = try model.generate([request])[0]
            for sample in alone.indices {
                try expectSame(together[index][sample], alone[sample], "\(name), request \(index), sample \(sample)")
            }
        }
    }

    @Test(arguments: GoldenModel.names)
    func samplesAreRunsWithTheFollowingSeeds(name: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let prompt = try golden.prompt("two", model)
        let samples = try model.generate([GenerationRequest(prompt, options: options(seed: 40), samples: 11)])[0]
        #expect(Set(samples.map(\.tokenIDs)).count > 5)
        for (index, sample) in samples.enumerated() {
            let run = try model.generate(prompt, options: options(seed: 40 + UInt64(index)))
            try expectSame(sample, run, "\(name), sample \(index)")
        }
        let again = try model.generate([GenerationRequest(prompt, options: options(seed: 40), samples: 2)])[0]
        #expect(again.map(\.tokenIDs) == samples.prefix(2).map(\.tokenIDs))
    }

    /// Wider steps than the product of few rows takes may round differently, but not by much.
    @Test func widerStepsAgree() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let request = GenerationRequest(
            try golden.prompt("one", model), options: options(12, seed: 9), samples: 20)
        let (narrow, wide) = (try model.generate([request])[0], try model.generate([request], rowsPerStep: 64)[0])
        for (own, other) in zip(wide, narrow) where own.tokenIDs == other.tokenIDs {
            for (x, y) in zip(own.logProbabilities, other.logProbabilities) { #expect(abs(x - y) < 1e-5) }
        }
        #expect(zip(wide, narrow).count { $0.tokenIDs == $1.tokenIDs } >= 19)
    }

    @Test func samplesShareOnePassOverThePrompt() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let prompt = try golden.prompt("two", model)
        let groups = KeyGroups(count: 5, membership: prompt.roles.map { 1 << UInt8($0.rawValue) })
        var order: [Int] = []
        let request = GenerationRequest(prompt, options: options(3), samples: 5, groups: groups)
        let samples = try model.generate([request]) { token in
            #expect(token.request == 0 && (token.finishReason == .length) == (order.count >= 10))
            order.append(token.sample)
            return true
        }[0]
        #expect(order == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
        #expect(samples.allSatisfy { $0.finishReason == .length })
        // Not masses that are equal: the very same ones, of one pass.
        #expect(samples.allSatisfy { $0.promptMasses.count == 3 && $0.promptMasses[0] === samples[0].promptMasses[0] })
    }

    // MARK: The ban

    /// A model whose output projection makes the mark of a picture likelier than whatever it would write.
    @Test func marksOfPicturesAreNotWritten() throws {
        let golden = try GoldenModel("grouped-4to1")
        let plain = try golden.model()
        let prompt = try golden.prompt("one", plain)
        let mark = plain.configuration.imageTokenID
        let first = try plain.generate(prompt, options: options(1) { $0.temperature = 0 }).tokenIDs[0]
        let head = try plain.parameters.tensor("lm_head.weight")
        let changed = try head.indexCopy(0, Tensor([mark]), head.slice(0, first..<first + 1) * 3)
        let model = try QwenVLModel(
            configuration: plain.configuration,
            parameters: ParameterStore(
                plain.parameters.names.map { ($0, $0 == "lm_head.weight" ? changed : try plain.parameters.tensor($0)) })
        )
        let banned = plain.configuration.visualMarkIDs
        #expect(banned.count == 4)
        for temperature in [0, 1] as [Double] {
            let free = try model.generate(prompt, options: options(1) { $0.temperature = temperature })
            #expect(free.tokenIDs == [mark])
            let bound = try model.generate(
                prompt, options: options(40) { ($0.temperature, $0.bannedTokenIDs) = (temperature, banned) })
            #expect(bound.tokenIDs.count == 40 && banned.isDisjoint(with: bound.tokenIDs))
        }
        let greedy = try model.generate(
            prompt, options: options(1) { ($0.temperature, $0.bannedTokenIDs) = (0, banned) })
        #expect(greedy.tokenIDs == [first])
    }

    @Test func impossibleRequestsAreRefused() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let prompt = try golden.prompt("one", model)
        func refusal(_ options: GenerationOptions, samples: Int = 1) -> String {
            sentence { _ = try model.generate([GenerationRequest(prompt, options: options, samples: samples)]) }
        }
        #expect(refusal(options { $0.temperature = -1 }).contains("temperature must be"))
        #expect(refusal(options { $0.temperature = .nan }).contains("temperature must be"))
        #expect(refusal(options { $0.topK = -1 }).contains("top_k must be"))
        #expect(refusal(options { $0.topP = 0 }).contains("top_p must be"))
        #expect(refusal(options { $0.repetitionPenalty = 0 }).contains("repetition penalty must be"))
        #expect(refusal(options(), samples: 0).contains("0 samples"))
        #expect(refusal(options(0)).contains("0 tokens"))
        let mixed = sentence {
            let groups = KeyGroups(count: 5, membership: prompt.roles.map { 1 << UInt8($0.rawValue) })
            _ = try model.generate([
                GenerationRequest(prompt, options: options()),
                GenerationRequest(prompt, options: options(), groups: groups),
            ])
        }
        #expect(mixed.contains("must observe attention"))
    }
}
