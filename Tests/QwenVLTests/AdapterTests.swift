import Foundation
import QwenVL
import Testing
import Torch

/// Which layers get adapters, and what new ones do.
@Suite struct AdapterTests {
    private func logits(_ model: QwenVLModel, _ golden: GoldenModel) throws -> [Float] {
        try #require(try withoutGradient { try model.forward(golden.input("two", model)).logits }).floats()
    }

    @Test func newAdaptersChangeNothingAndDetachedOnesAreGone() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let before = try logits(model, golden)
        let adapters = try LowRankAdapters(
            LowRankSettings(targets: ["all-linear", "lm_head"]), for: model.parameters, seed: 3)
        #expect(adapters.adapters.map(\.name) == model.parameters.linearLayers)
        try adapters.attach(to: model.parameters)
        #expect(try logits(model, golden) == before)
        for adapter in adapters.adapters { try adapter.up.fill(0.05) }
        #expect(try logits(model, golden) != before)
        let others = try LowRankAdapters(LowRankSettings(), for: model.parameters, seed: 4)
        #expect(sentence { try others.attach(to: model.parameters) }.contains("has an adapter already"))
        others.detach(from: model.parameters)
        #expect(try logits(model, golden) != before)
        adapters.detach(from: model.parameters)
        #expect(try logits(model, golden) == before)
    }

    @Test func drawnNumbersHangOnSeedAndNameAlone() throws {
        let store = try GoldenModel("grouped-4to1").model().parameters
        func draw(_ targets: [String], _ seed: UInt64) throws -> [String: [Float]] {
            let adapters = try LowRankAdapters(LowRankSettings(rank: 4, targets: targets), for: store, seed: seed)
            return try Dictionary(uniqueKeysWithValues: adapters.parameters.map { ($0.name, try $0.tensor.floats()) })
        }
        let (all, few, other) = try (draw(["all-linear"], 1), draw(["down_proj", "q_proj"], 1), draw(["q_proj"], 2))
        for (name, numbers) in few { #expect(all[name] == numbers, "\(name)") }
        let name = "model.layers.1.self_attn.q_proj.lora_A.weight"
        #expect(few[name] != other[name] && few[name] != few[name.replacing("1", with: "0")])
        let numbers = try #require(few["model.layers.0.mlp.down_proj.lora_A.weight"])
        let bound = 1 / Float(96).squareRoot()
        #expect(numbers.count == 4 * 96 && numbers.allSatisfy { abs($0) <= bound })
        #expect(numbers.contains { $0 > 0.9 * bound } && numbers.contains { $0 < -0.9 * bound })
        #expect(try #require(few["model.layers.0.mlp.down_proj.lora_B.weight"]).allSatisfy { $0 == 0 })
    }

    @Test func targetsAreReadAsPEFTReadsThem() throws {
        let store = try GoldenModel("grouped-4to1").model().parameters
        func layers(
            _ targets: [String], excluded: [String] = [], parts: Set<ParameterPart> = Set(ParameterPart.allCases)
        ) throws -> [String] {
            let settings = LowRankSettings(targets: targets, excluded: excluded, parts: parts)
            return try LowRankAdapters(settings, for: store, seed: 0).adapters.map(\.name)
        }
        #expect(try layers(["q_proj"]) == (0..<3).map { "model.layers.\($0).self_attn.q_proj" })
        #expect(try layers(["attn.proj"]) == (0..<3).map { "visual.blocks.\($0).attn.proj" })
        #expect(try layers(["up_proj"]).count == 6)
        #expect(try layers(["up_proj"], parts: [.languageModel]).count == 3)
        #expect(try layers(["up_proj"], excluded: [".*blocks\\.[01].*"]).count == 4)
        #expect(try layers(["all-linear"]).count == store.linearLayers.count - 1)
        #expect(try layers(["all-linear"], parts: [.merger]) == ["visual.merger.mlp.0", "visual.merger.mlp.2"])
        #expect(try layers(["lm_head"]) == ["lm_head"])
        // In either layout of names.
        #expect(try layers([#"model\.language_model\.layers\.\d\.mlp\..*"#]).count == 9)
        #expect(try layers([#"model\.layers\.2\.mlp\..*"#]).count == 3)
        #expect(try layers(["model.language_model.layers.1.mlp.up_proj"]) == ["model.layers.1.mlp.up_proj"])
        let unknown = sentence { _ = try layers(["query"]) }
        #expect(unknown.contains("'query' names no linear layer") && unknown.contains("attn.proj, down_proj"))
        #expect(sentence { _ = try layers(["(q_proj"]) }.contains("no regular expression"))
        #expect(sentence { _ = try layers(["q_proj"], parts: [.visionTower]) }.contains("leave no layer"))
        let tied = try GoldenModel("grouped-2to1-tied").model().parameters
        #expect(!tied.linearLayers.contains("lm_head"))
        let bad = LowRankSettings(rank: 0)
        #expect(sentence { _ = try LowRankAdapters(bad, for: store, seed: 0) }.contains("rank of at least 1"))
    }

    @Test func dropoutHangsOnSeedStepAndMicroBatch() throws {
        let golden = try GoldenModel("grouped-4to1")
        let model = try golden.model()
        let adapters = try LowRankAdapters(LowRankSettings(dropout: 0.3), for: model.parameters, seed: 3)
        for adapter in adapters.adapters { try adapter.up.fill(0.05) }
        try adapters.attach(to: model.parameters)
        func logits(_ state: DropoutState?) throws -> [Float] {
            adapters.dropoutState = state
            return try self.logits(model, golden)
        }
        let none = try logits(nil)
        let first = try logits(DropoutState(seed: 1, step: 4, microBatch: 2))
        #expect(first != none)
        let others = [
            DropoutState(seed: 2, step: 4, microBatch: 2), DropoutState(seed: 1, step: 5, microBatch: 2),
            DropoutState(seed: 1, step: 4, microBatch: 3), DropoutState(seed: 1, step: 2, microBatch: 4),
        ]
        for state in others { #expect(try logits(state) != first) }
        // Whatever was computed in between, and on however many threads.
        let threads = Runtime.threadCount
        defer { try? Runtime.setThreadCount(threads) }
        try Runtime.setThreadCount(1)
        #expect(try logits(DropoutState(seed: 1, step: 4, microBatch: 2)) == first)
        #expect(try logits(nil) == none)
    }

    @Test func partsOfTheModel() throws {
        let store = try GoldenModel("grouped-4to1").model().parameters
        let parts = Dictionary(grouping: store.names, by: ParameterPart.init(of:))
        #expect(parts[nil] == nil && Set(parts.keys.compactMap { $0 }) == Set(ParameterPart.allCases))
        #expect(parts[.languageHead] == ["lm_head.weight"] && parts[.embeddings] == ["model.embed_tokens.weight"])
        #expect(parts[.merger]?.count == 5)
        #expect(ParameterPart(of: "model.visual.merger.ln_q.weight") == .merger)
        #expect(ParameterPart(of: "model.language_model.norm.weight") == .languageModel)
        func trained(_ frozen: Set<ParameterPart>, _ patterns: [String] = []) throws -> [String] {
            let selection = try ParameterSelection(frozen: frozen, frozenPatterns: patterns)
            return store.names.filter(selection.isTrained)
        }
        #expect(try trained([]) == store.names)
        #expect(try trained([.visionTower, .languageModel]) == parts[.merger])
        #expect(try trained([.embeddings]).count == store.names.count - 1)
        #expect(try trained([.visionTower, .merger], ["layers\\.[01]\\.", "norm"]).count == 10 + 2)
        #expect(sentence { _ = try trained([], ["["]) }.contains("no regular expression"))
    }
}
