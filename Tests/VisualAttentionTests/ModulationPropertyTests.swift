import Foundation
import QwenVL
import RandomNumbers
import Testing
import Torch
import VisualAttention

/// What must hold of interventions whatever the model: gradients, batches, decoding, rows on demand.
@Suite struct ModulationPropertyTests {
    private static let names = ["plain", "scores", "renormalized", "removal", "raw", "generated", "last"]

    private func named(_ name: String) throws -> Intervention? {
        switch name {
        case "plain": nil
        case "scores": try Intervention(enhance: 0.15, suppress: 0.4)
        case "renormalized": try Intervention(enhance: 0.3, suppress: 0.6, reading: .renormalized, heads: [0, 2])
        case "removal": try Intervention(enhance: 0, suppress: 1, reading: .renormalized, layers: [1, 2])
        case "raw": try Intervention(enhance: 0.15, suppress: 0.4, reading: .raw, rows: .afterImage)
        case "generated": try Intervention(enhance: 0.15, suppress: 0.4, rows: .generated)
        case "last": Intervention(visual: KeyChange(absoluteFactor: 0.2), rows: .last)
        default: throw QwenVLError.input("There is no intervention \(name)")
        }
    }

    // MARK: Gradients

    private struct Gradients: Decodable {
        struct Setting: Decodable {
            let loss: Double, enhance: Double, suppress: Double
            let norms: [String: Double]
        }
        let model: String, `case`: String
        let settings: [String: Setting]
    }

    /// The loss of attention guidance over the masses, and its gradient in every parameter, in float64.
    @Test func gradientsOfALossOverMasses() throws {
        let golden = try GoldenCase.attention(json: "model-gradients", as: Gradients.self)
        let file = try GoldenCase.attention("model-gradients")
        let tested = try GoldenCase(golden.model, golden.case, dtype: .float64)
        let (model, input) = (tested.model, tested.input)
        let names = model.parameters.names
        let parameters = try names.map { try model.parameters.tensor($0) }
        for parameter in parameters { try parameter.setRequiresGradient(true) }
        #expect(golden.settings.count == 6)
        for (setting, expected) in golden.settings {
            let modulation = try intervention(setting)?.modulation(for: model.configuration.text)
            let masses = try model.forward(
                input, logits: .none, groups: KeyGroups(roles: input.roles), modulation: modulation
            ).masses
            let enhance = try -meanLogarithm(masses, of: .visual, in: input)
            let suppress = try meanLogarithm(masses, of: .system, in: input)
            let loss = try enhance + suppress
            #expect(abs(try enhance.item() - expected.enhance) < 1e-6)
            #expect(abs(try loss.item() - expected.loss) < 1e-6)
            for parameter in parameters { try parameter.clearGradient() }
            try loss.backward()
            let largest = expected.norms.values.max() ?? 0
            for (name, parameter) in zip(names, parameters) {
                let norm = try parameter.gradient?.square().sum().sqrt().item() ?? 0
                let theirs = try #require(expected.norms[name])
                #expect(abs(norm - theirs) < 1e-6 * (theirs + 1e-3 * largest), "\(setting) \(name)")
            }
            for layer in 0...1 {
                for part in ["q_proj.weight", "q_proj.bias", "k_proj.weight", "k_proj.bias"] {
                    let name = "model.layers.\(layer).self_attn.\(part)"
                    let gradient = try #require(try model.parameters.tensor(name).gradient)
                    #expect(
                        try relativeDifference(gradient, file.tensor("\(setting).\(name)")) < 1e-6, "\(setting) \(name)"
                    )
                }
            }
            let rows = try #require(try model.parameters.tensor("model.embed_tokens.weight").gradient)
                .indexSelect(0, file.tensor("embedding_tokens"))
            #expect(try relativeDifference(rows, file.tensor("\(setting).embedding_rows")) < 1e-6)
        }
    }

    private func intervention(_ setting: String) throws -> Intervention? {
        switch setting {
        case "plain": nil
        case "scores": try Intervention(enhance: 0.15, suppress: 0.4)
        case "renormalized": try Intervention(enhance: 0.15, suppress: 0.4, reading: .renormalized)
        case "raw": try Intervention(enhance: 0.15, suppress: 0.4, reading: .raw)
        case "after_image_scores": try Intervention(enhance: 0.15, suppress: 0.4, rows: .afterImage)
        case "heads_scores": try Intervention(enhance: 0.15, suppress: 0.4, heads: [0, 3])
        default: throw QwenVLError.input("There is no setting \(setting)")
        }
    }

    /// Mean over layers and heads of log( mean over queries and keys of the mass + 1e-6 ).
    private func meanLogarithm(_ masses: [Tensor], of group: RoleGroup, in input: ModelInput) throws -> Tensor {
        let keys = input.roles.count { RoleGroup($0) == group }
        let queries = try Tensor(input.userQueries)
        let logarithms = try masses.map { layer in
            let own = try layer.select(3, group.rawValue).indexSelect(2, queries)  // [1, heads, queries]
            return try ((own.mean([2]) / Double(keys)) + 1e-6).log().mean()
        }
        return try logarithms.dropFirst().reduce(logarithms[0]) { try $0 + $1 } / Double(masses.count)
    }

    // MARK: Batches

    /// Each input of a right-padded batch gets what it gets alone.
    @Test(arguments: names, [DType.float32, .float64]) func padding(name: String, dtype: DType) throws {
        let intervention = try named(name)
        let short = try GoldenCase("grouped-4to1", "one", dtype: dtype)
        let model = short.model
        let inputs = try [short.input, GoldenCase("grouped-4to1", "two", dtype: dtype).input, short.prompt()]
        let groups = inputs.map { KeyGroups(roles: $0.roles) }
        let modulation = try intervention?.modulation(for: model.configuration.text)
        try withoutGradient {
            let together = try model.forward(batch: inputs, logits: .last, groups: groups, modulation: modulation)
            for (place, input) in inputs.enumerated() {
                let alone = try model.forward(
                    input, logits: .last, groups: groups[place], modulation: modulation)
                let count = input.inputIDs.count
                func own(_ x: Tensor, axis: Int) throws -> Tensor {
                    try x.slice(0, place..<place + 1).slice(axis, 0..<count)
                }
                let tolerance = dtype == .float64 ? 1e-12 : 2e-6
                #expect(
                    try relativeDifference(own(together.hiddenStates, axis: 1), alone.hiddenStates) < tolerance,
                    "\(name)")
                let logits = try #require(together.logits).slice(0, place..<place + 1)
                #expect(try relativeDifference(logits, #require(alone.logits)) < tolerance, "\(name)")
                for (mass, expected) in zip(together.masses, alone.masses) {
                    #expect(try relativeDifference(own(mass, axis: 2), expected) < tolerance, "\(name)")
                }
            }
        }
    }

    // MARK: Decoding

    /// An answer written step by step has the masses, and the rows of the map, of one pass over the whole.
    @Test(arguments: names, [DType.float32, .float64]) func decoding(name: String, dtype: DType) throws {
        let intervention = try named(name)
        let golden = try GoldenCase("grouped-4to1", "two", dtype: dtype)
        let (model, prompt) = (golden.model, try golden.prompt())
        let modulation = try intervention?.modulation(for: model.configuration.text)
        let visual = prompt.roles.indices.filter { prompt.roles[$0] == .image }
        var request = GenerationRequest(
            prompt, options: GenerationOptions(maxNewTokens: 9, endTokenIDs: []),
            groups: KeyGroups(roles: prompt.roles),
            responseGroups: RoleGroup.response.bit)
        request.modulation = modulation
        request.maps = AttentionMaps(
            [AttentionMaps.Selection(), AttentionMaps.Selection(layers: [1], heads: [5])], keys: visual)
        let written = try model.generate([request])[0][0]
        let whole = prompt.appending(Array(written.tokenIDs.dropLast()))
        let cache = try KeyValueCache(
            model.configuration.text, capacity: whole.inputIDs.count, groupCount: RoleGroup.allCases.count, dtype: dtype
        )
        let answer = Array(prompt.inputIDs.count..<whole.inputIDs.count)
        let recorder = QueryRecorder(positions: answer)
        let read = try withoutGradient {
            try model.forward(
                whole, logits: .none, groups: KeyGroups(roles: whole.roles), modulation: modulation, cache: cache,
                recorder: recorder)
        }
        let tolerance = dtype == .float64 ? 1e-12 : 5e-6
        for (step, masses) in written.masses.enumerated() {
            for (layer, mass) in masses.enumerated() {
                let row = answer[step]
                let expected = try read.masses[layer].slice(2, row..<row + 1)
                #expect(try relativeDifference(mass, expected) < tolerance, "\(name), layer \(layer), token \(step)")
            }
        }
        try compareMaps(written.maps, model: model, whole, recorder, cache, modulation, visual: visual)
    }

    private func compareMaps(
        _ maps: [[[Float]]], model: QwenVLModel, _ whole: ModelInput, _ recorder: QueryRecorder, _ cache: KeyValueCache,
        _ modulation: AttentionModulation?, visual: [Int]
    ) throws {
        #expect(maps.count == 8)
        let heads = model.configuration.text.attentionHeads
        let layers = model.configuration.text.layerCount
        var means = [[Double]](repeating: [Double](repeating: 0, count: visual.count), count: maps.count)
        for layer in 0..<layers {
            try model.forEachAttentionRows(
                recorder, layer: layer, cache: cache, modulation: modulation, input: whole
            ) { part, rows in
                #expect(rows.shape == [part.count, heads, cache.count])
                let numbers = try rows.to(.float32).floats()
                for query in part {
                    for head in 0..<heads {
                        let row = ((query - part.lowerBound) * heads + head) * cache.count
                        for (place, key) in visual.enumerated() {
                            means[query][place] += Double(numbers[row + key]) / Double(heads * layers)
                        }
                        guard layer == 1, head == 5 else { continue }
                        for (place, key) in visual.enumerated() {
                            #expect(abs(maps[query][1][place] - numbers[row + key]) < 2e-6)
                        }
                    }
                }
            }
        }
        for (map, mean) in zip(maps, means) {
            #expect(zip(map[0], mean).allSatisfy { abs(Double($0) - $1) < 2e-6 })
            #expect(mean.reduce(0, +) > 0.01)
        }
    }

    // MARK: Random models

    /// Over random shapes, groups and seeds: masses of a partition sum to one, but under raw to the factors' mean; factors of
    /// one change nothing, bit for bit; observing changes no greedy token.
    @Test(arguments: 0..<24) func partitions(seed: UInt64) throws {
        try Runtime.seed(seed + 100)
        var random = SplitMix64(seed: seed)
        let keyHeads = Int.random(in: 1...3, using: &random), share = Int.random(in: 1...4, using: &random)
        let heads = keyHeads * share
        let (batch, width) = (Int.random(in: 1...3, using: &random), Int.random(in: 1...9, using: &random) * 4)
        let keys = Int.random(in: 1...900, using: &random)
        let queries = Int.random(in: 1...keys, using: &random)
        let shape = "\(batch) x \(heads):\(keyHeads) x \(queries) of \(keys) x \(width)"
        let query = try Tensor.randn([batch, queries, heads, width])
        let key = try Tensor.randn([batch, keys, keyHeads, width])
        let value = try Tensor.randn([batch, keys, keyHeads, width])
        let bytes = (0..<batch * keys).map { _ in UInt8(1) << UInt8.random(in: 0..<4, using: &random) }
        let piece = KeyPiece(keys: key, values: value, membership: try Tensor(bytes, shape: [batch, keys]))
        func attend(_ changes: [[KeyChange]]?, observes: Bool = true) throws -> (Tensor, [Float]) {
            let (output, masses) = try observedAttention(
                query: query, pieces: [piece], groupCount: observes ? 4 : 0,
                changes: changes.map { try KeyChanges(heads: $0) }, causal: true, scale: 0.4)
            return (output, try masses?.floats() ?? [])
        }
        func sums(_ masses: [Float]) -> [Float] {
            stride(from: 0, to: masses.count, by: 4).map { masses[$0..<$0 + 4].reduce(0, +) }
        }
        let (plain, masses) = try attend(nil)
        #expect(sums(masses).allSatisfy { abs($0 - 1) < 1e-5 }, "\(shape)")
        #expect(try attend(nil, observes: false).0.floats() == plain.floats(), "\(shape)")
        let none = [[KeyChange]](repeating: [KeyChange](repeating: .none, count: 4), count: heads)
        #expect(try attend(none).0.floats() == plain.floats(), "\(shape)")
        #expect(try attend(none).1 == masses, "\(shape)")
        let moved = (0..<heads).map { _ in
            (0..<4).map { _ in
                KeyChange(
                    scoreFactor: .random(in: 0.2...2, using: &random),
                    absoluteFactor: .random(in: -0.3...0.3, using: &random), bias: .random(in: -2...2, using: &random))
            }
        }
        #expect(sums(try attend(moved).1).allSatisfy { abs($0 - 1) < 1e-5 }, "\(shape)")
        let factors = (0..<4).map { _ in Float.random(in: 0.2...2, using: &random) }
        let raw = [[KeyChange]](repeating: factors.map { KeyChange(valueFactor: Double($0)) }, count: heads)
        let scaled = try attend(raw).1
        for (index, mass) in scaled.enumerated() {
            #expect(abs(mass - masses[index] * factors[index % 4]) < 1e-5, "\(shape)")
        }
    }

    /// bfloat16 and float32 keys are changed alike.
    @Test func bfloat16() throws {
        try Runtime.seed(5)
        let query = try Tensor.randn([1, 40, 4, 16]).to(.bfloat16)
        let key = try Tensor.randn([1, 60, 2, 16]).to(.bfloat16)
        let bytes = (0..<60).map { UInt8(1) << UInt8($0 % 3) }
        let changes = try KeyChanges(
            heads: [[KeyChange]](
                repeating: [KeyChange(scoreFactor: 1.3), KeyChange(absoluteFactor: 0.4, bias: 0.5), .none], count: 4))
        func masses(_ dtype: DType) throws -> Tensor {
            let piece = KeyPiece(
                keys: try key.to(dtype), values: try key.to(dtype), membership: try Tensor(bytes, shape: [1, 60]))
            return try #require(
                try observedAttention(
                    query: query.to(dtype), pieces: [piece], groupCount: 3, changes: changes, causal: true, scale: 0.25
                ).masses)
        }
        #expect(try relativeDifference(masses(.bfloat16), masses(.float32)) < 1e-6)
    }
}
