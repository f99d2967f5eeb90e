import QwenVL
import Testing
import Torch

/// The forward pass against transformers, stage by stage.
@Suite struct GoldenForwardTests {
    /// Of the reference's largest magnitude; transformers' own float32 run is within 4e-6 of these values.
    private static let tolerance = 2e-5

    /// Groups 0...4 are the roles.
    private func roleGroups(_ input: ModelInput) -> KeyGroups {
        KeyGroups(count: 5, membership: input.roles.map { 1 << UInt8($0.rawValue) })
    }

    @Test(arguments: GoldenModel.names, GoldenModel.cases)
    func everyStage(name: String, of testCase: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let input = try golden.input(testCase, model)
        let plan = try VisionPlan(grids: input.grids, configuration: model.configuration.vision)
        var stages = 0
        func compare(_ stage: String, _ actual: Tensor) throws {
            let difference = try relativeDifference(actual, golden.tensor("\(testCase).\(stage)"))
            #expect(difference < Self.tolerance, "\(name) \(testCase) \(stage)")
            stages += 1
        }
        let output = try withoutGradient {
            try model.forward(input, groups: roleGroups(input)) { stage, states in
                switch stage {
                case .visionBlock(let index): try compare("vision_block.\(index)", inRaster(states, plan))
                case .visionOutput: try compare("vision_output", states)
                case .decoderLayer(let index): try compare("decoder_layer.\(index)", states)
                case .finalNorm: try compare("final_norm", states)
                }
            }
        }
        try compare("logits", #require(output.logits))
        for (layer, masses) in output.masses.enumerated() { try compare("masses.\(layer)", masses) }
        let layers = model.configuration.text.layerCount
        #expect(stages == model.configuration.vision.depth + 1 + layers + 1 + 1 + layers)
    }

    /// The tower sorts windows by size; the golden states lie in the processor's order.
    private func inRaster(_ states: Tensor, _ plan: VisionPlan) throws -> Tensor {
        let tokens = plan.placeOfToken.count
        return try states.reshape([tokens, -1]).indexSelect(0, Tensor(plan.placeOfToken))
            .reshape([states.size(0), states.size(1)])
    }

    @Test(arguments: GoldenModel.names, GoldenModel.cases)
    func observingChangesNothing(name: String, of testCase: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let input = try golden.input(testCase, model)
        let plain = try #require(try model.forward(input).logits)
        let observed = try #require(try model.forward(input, groups: roleGroups(input)).logits)
        #expect(try relativeDifference(observed, plain) < 1e-6)
    }

    @Test(arguments: GoldenModel.names)
    func massesShareOutAllAttention(name: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let input = try golden.input("two", model)
        for masses in try model.forward(input, groups: roleGroups(input)).masses {
            let sums = try masses.sum([-1]).floats()
            #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
        }
    }

    @Test(arguments: GoldenModel.names, GoldenModel.cases)
    func greedyTokens(name: String, of testCase: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let roles = try golden.integers("\(testCase).roles")
        let prompt = try golden.input(testCase, model, first: roles.firstIndex(of: TokenRole.response.rawValue))
        let expected = try golden.integers("\(testCase).generated")
        #expect(expected.count == 64)
        let plain = try model.generate(prompt, options: GenerationOptions(maxNewTokens: 64, endTokenIDs: []))
        #expect(plain.tokenIDs == expected)
        let observed = try model.generate(
            prompt, options: GenerationOptions(maxNewTokens: 64, endTokenIDs: []), groups: roleGroups(prompt),
            responseGroups: 1 << UInt8(TokenRole.response.rawValue))
        #expect(observed.tokenIDs == expected)
        #expect(observed.masses.count == 63)
    }

    /// What a token written with a cache pays is what it pays when the whole text is read at once.
    @Test(arguments: GoldenModel.names)
    func cachedMassesEqualThoseOfOnePass(name: String) throws {
        let golden = try GoldenModel(name)
        let model = try golden.model()
        let count = 12
        let roles = try golden.integers("two.roles")
        let prompt = try golden.input("two", model, first: roles.firstIndex(of: TokenRole.response.rawValue))
        let generation = try model.generate(
            prompt, options: GenerationOptions(maxNewTokens: count, endTokenIDs: []), groups: roleGroups(prompt),
            responseGroups: 1 << UInt8(TokenRole.response.rawValue))
        var whole = prompt
        whole.inputIDs += generation.tokenIDs
        whole.roles += [TokenRole](repeating: .response, count: count)
        whole.turns += [Int](repeating: 0, count: count)
        let read = try model.forward(whole, groups: roleGroups(whole)).masses
        for layer in read.indices {
            let start = prompt.inputIDs.count
            #expect(
                try relativeDifference(generation.promptMasses[layer], read[layer].slice(2, 0..<start)) < 1e-5)
            for token in generation.masses.indices {
                let row = try read[layer].slice(2, start + token..<start + token + 1)
                #expect(try relativeDifference(generation.masses[token][layer], row) < 1e-5)
            }
        }
    }

    /// bfloat16 throughout stays near float32: the logits of a step agree to what eight bits of mantissa allow.
    @Test func bfloat16IsNear() throws {
        let golden = try GoldenModel("stored-bfloat16")
        let model = try golden.model(dtype: nil)
        #expect(model.dtype == .bfloat16)
        let logits = try #require(try model.forward(golden.input("two", model)).logits)
        let difference = try relativeDifference(logits, golden.tensor("two.logits"))
        #expect(difference > 0 && difference < 0.08)
    }

    @Test func endTokensStopTheAnswer() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let roles = try golden.integers("one.roles")
        let prompt = try golden.input("one", model, first: roles.firstIndex(of: TokenRole.response.rawValue))
        let expected = try golden.integers("one.generated")
        let end = expected[9]
        let stopped = try model.generate(prompt, options: GenerationOptions(maxNewTokens: 64, endTokenIDs: [end]))
        let length = try #require(expected.firstIndex(of: end)) + 1
        #expect(stopped.tokenIDs == Array(expected.prefix(length)))
        #expect(stopped.finishReason == .stop)
        var seen: [Int] = []
        let cancelled = try model.generate(prompt, options: GenerationOptions(maxNewTokens: 64, endTokenIDs: [])) {
            seen.append($0)
            return seen.count < 3
        }
        #expect(cancelled.tokenIDs == Array(expected.prefix(3)) && seen == cancelled.tokenIDs)
        #expect(cancelled.finishReason == .cancelled)
    }

    @Test func theContextEndsTheAnswer() throws {
        let golden = try GoldenModel("grouped-4to1")
        var configuration = try golden.model().configuration
        let roles = try golden.integers("one.roles")
        let count = try #require(roles.firstIndex(of: TokenRole.response.rawValue))
        configuration.text.maxPositionEmbeddings = count + 5
        let model = try QwenVLModel(configuration: configuration, parameters: golden.model().parameters)
        let prompt = try golden.input("one", model, first: count)
        let generation = try model.generate(prompt, options: GenerationOptions(maxNewTokens: 64, endTokenIDs: []))
        #expect(generation.tokenIDs.count == 5)
        #expect(generation.finishReason == .context)
        configuration.text.maxPositionEmbeddings = count - 1
        let small = try QwenVLModel(configuration: configuration, parameters: golden.model().parameters)
        let text = sentence { _ = try small.forward(prompt) }
        #expect(text.contains("\(count) tokens") && text.contains("holds \(count - 1)"))
    }
}
