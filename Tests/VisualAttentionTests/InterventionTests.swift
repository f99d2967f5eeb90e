import Foundation
import Images
import QwenVL
import Testing
import Torch
import VisualAttention

/// Interventions in whole models, against transformers with the published formulas (Tests/Fixtures/attention).
@Suite struct InterventionTests {
    static let models = ["grouped-4to1", "equal-heads-odd"]
    static let cases = ["one", "two"]
    static let settings = [
        "plain", "scores", "renormalized", "raw", "removal_renormalized", "removal_raw", "layers", "heads_scores",
        "heads_renormalized", "after_image_scores", "after_image_raw", "generated", "last", "absolute", "absolute_last",
        "narrow",
    ]

    /// The settings of make_model_modulation.py.
    private func intervention(_ setting: String, model: String) throws -> Intervention? {
        let some: Set = model == "grouped-4to1" ? [0, 3] : [0, 2]
        func paper(
            _ reading: Intervention.Reading, suppress: Double = 0.4, layers: Set<Int>? = nil, heads: Set<Int>? = nil,
            rows: AttentionModulation.Rows = .all
        ) throws -> Intervention {
            try Intervention(
                enhance: 0.15, suppress: suppress, reading: reading, layers: layers, heads: heads, rows: rows)
        }
        switch setting {
        case "plain": return nil
        case "scores": return try paper(.scores)
        case "renormalized": return try paper(.renormalized)
        case "raw": return try paper(.raw)
        case "removal_renormalized": return try paper(.renormalized, suppress: 1)
        case "removal_raw": return try paper(.raw, suppress: 1)
        case "layers": return try paper(.scores, layers: [1])
        case "heads_scores": return try paper(.scores, heads: some)
        case "heads_renormalized": return try paper(.renormalized, heads: some)
        case "after_image_scores": return try paper(.scores, rows: .afterImage)
        case "after_image_raw": return try paper(.raw, rows: .afterImage)
        case "generated": return try paper(.scores, rows: .generated)
        case "last": return try paper(.renormalized, rows: .last)
        case "absolute": return Intervention(visual: KeyChange(absoluteFactor: 0.2))
        case "absolute_last": return Intervention(visual: KeyChange(absoluteFactor: 0.2), rows: .last)
        case "narrow": return try paper(.scores, layers: [0, 2], heads: some, rows: .afterImage)
        default: throw QwenVLError.input("There is no setting \(setting)")
        }
    }

    @Test(arguments: models, cases) func statesAndMasses(name: String, of testCase: String) throws {
        let golden = try GoldenCase(name, testCase)
        let file = try GoldenCase.attention("model-modulation-\(name)-\(testCase)")
        let groups = KeyGroups(roles: golden.input.roles)
        for setting in Self.settings {
            let modulation = try intervention(setting, model: name)?.modulation(for: golden.model.configuration.text)
            func check(_ output: QwenVLModel.Output, _ path: String) throws {
                let states = try relativeDifference(
                    output.hiddenStates.select(0, 0), file.tensor("\(setting).final_norm"))
                let masses = try Tensor.concatenate(output.masses, axis: 0)
                #expect(states < 1e-5, "\(setting), \(path)")
                #expect(try relativeDifference(masses, file.tensor("\(setting).masses")) < 1e-5, "\(setting), \(path)")
            }
            try withoutGradient {
                try check(golden.model.forward(golden.input, groups: groups, modulation: modulation), "kernel")
            }
            // A parameter that wants a gradient sends everything through libtorch's kernel.
            let weight = try golden.model.parameters.tensor("model.layers.0.input_layernorm.weight")
            try weight.setRequiresGradient(true)
            defer { try? weight.setRequiresGradient(false) }
            try check(golden.model.forward(golden.input, groups: groups, modulation: modulation), "libtorch")
        }
    }

    private struct Scores: Decodable {
        let model: String, `case`: String, setting: String, queries: String
        let vas: Double, vas_layer0: Double, vas_pooled: Double, vas_geometric: Double
    }

    /// The score from `output_attentions`, as `hf_peer.py vas` computes it.
    @Test func scoresOfTransformersMaps() throws {
        let rows = try GoldenCase.attention(json: "vas", as: [Scores].self)
        #expect(rows.count == 112)
        for name in Self.models {
            for testCase in Self.cases {
                let golden = try GoldenCase(name, testCase)
                for row in rows where row.model == name && row.case == testCase {
                    let modulation = try intervention(row.setting, model: name)?
                        .modulation(for: golden.model.configuration.text)
                    let masses = try withoutGradient {
                        try golden.model.forward(
                            golden.input, logits: .none, groups: KeyGroups(roles: golden.input.roles),
                            modulation: modulation
                        ).masses
                    }
                    let queries = row.queries == "user" ? golden.input.userQueries : golden.input.responseQueries
                    let score = try #require(VisualAttentionScore(AttentionMass(masses, queries: queries)))
                    func near(_ x: Double, _ y: Double) -> Bool { abs(x - y) < 1e-4 * abs(y) }
                    #expect(near(score.paper, row.vas), "\(row)")
                    #expect(near(score.perLayer[0], row.vas_layer0), "\(row)")
                    #expect(near(score.pooled, row.vas_pooled), "\(row)")
                    #expect(near(score.geometric, row.vas_geometric), "\(row)")
                }
            }
        }
    }

    /// Under renormalized and raw, the ratio in the first changed layer is multiplied by exactly the quotient of the factors.
    @Test(arguments: models, [Intervention.Reading.renormalized, .raw])
    func theFirstLayersRatio(name: String, reading: Intervention.Reading) throws {
        let golden = try GoldenCase(name, "two")
        for (first, (enhance, suppress)) in [(0, (0.15, 0.4)), (1, (0.15, 0.4)), (0, (0.5, 0.05)), (1, (0, 0.6))] {
            let changed = try Intervention(
                enhance: enhance, suppress: suppress, reading: reading, layers: Set(first..<3))
            func layer(_ intervention: Intervention?) throws -> AttentionMass {
                try withoutGradient {
                    let masses = try golden.model.forward(
                        golden.input, logits: .none, groups: KeyGroups(roles: golden.input.roles),
                        modulation: intervention?.modulation(for: golden.model.configuration.text)
                    ).masses
                    return try AttentionMass([masses[first]], queries: golden.input.userQueries)
                }
            }
            let (before, after) = (try layer(nil), try layer(changed))
            for head in 0..<before.headCount {
                for query in 0..<before.queryCount {
                    func ratio(_ mass: AttentionMass) -> Double {
                        mass[0, head, query, .visual] / mass[0, head, query, .system]
                    }
                    let factor = (1 + enhance) / (1 - suppress)
                    #expect(abs(ratio(after) / ratio(before) / factor - 1) < 2e-6)
                }
            }
        }
    }

    // MARK: Presets

    private struct Run: Decodable {
        let model: String, `case`: String, preset: String
        let tokens: [Int]
        let layers: [Int]?
    }

    private func preset(_ name: String, layerCount: Int) -> Intervention? {
        switch name {
        case "pai_attention":
            var attention = Preset.pai.intervention(layerCount: layerCount)
            attention.contrast = nil
            return attention
        case "pai_logits": return Intervention(contrast: Preset.pai.intervention(layerCount: layerCount).contrast)
        default: return Preset(rawValue: name)?.intervention(layerCount: layerCount)
        }
    }

    @Test func presetsWriteWhatTheReferenceWrites() throws {
        struct File: Decodable { let runs: [Run] }
        let runs = try GoldenCase.attention(json: "presets", as: File.self).runs
        let file = try GoldenCase.attention("presets")
        let noisy = try GoldenCase.attention("presets-vcd")
        #expect(runs.count == 16)
        for run in runs {
            let golden = try GoldenCase(run.model, run.case)
            let key = "\(run.model).\(run.case).\(run.preset)"
            let prompt = try golden.prompt()
            let text = golden.model.configuration.text
            let intervention = preset(run.preset, layerCount: text.layerCount)
            if run.preset != "pai_logits" { #expect(intervention?.layers == run.layers.map(Set.init)) }
            var request = GenerationRequest(
                prompt, options: GenerationOptions(maxNewTokens: 12, endTokenIDs: [], wantsLogProbabilities: true),
                groups: KeyGroups(roles: prompt.roles), responseGroups: RoleGroup.response.bit)
            request.modulation = try intervention?.modulation(for: text)
            switch intervention?.contrast {
            case nil: break
            case .withoutPictures(let gamma, let cutoff):
                let without = try golden.model.configuration.withoutPictures(prompt)
                request.contrast = Contrast(
                    without, groups: KeyGroups(roles: without.roles), weight: gamma - 1, cutoff: cutoff)
            case .noisedPictures(let alpha, let cutoff, _):
                var noised = prompt
                noised.pixelValues = try noisy.tensor("\(key).noised_pixel_values")
                request.contrast = Contrast(
                    noised, groups: KeyGroups(roles: prompt.roles), weight: alpha, cutoff: cutoff)
            }
            let answer = try golden.model.generate([request])[0][0]
            #expect(answer.tokenIDs == run.tokens, "\(key)")
            // The logits it was drawn from, up to a constant, and the masses.
            let source = run.preset == "vcd" ? noisy : file
            let logits = try source.tensor("\(key).logits").to(.float64)
            let expected = try (logits - logits.logSumExp([1], keep: true)).gather(
                1, Tensor(run.tokens, shape: [12, 1]))
            let numbers = try logits.values(as: Double.self)
            let largest = numbers.reduce(0) { $1.isFinite ? max($0, abs($1)) : $0 }
            for (ours, theirs) in zip(answer.logProbabilities, try expected.values(as: Double.self)) {
                #expect(abs(ours - theirs) < 1e-5 * largest, "\(key)")
            }
            let masses = try source.tensor("\(key).masses").to(.float64)  // [layers, heads, 12, groups]
            for (step, ofLayers) in answer.masses.enumerated() {
                for (layer, mass) in ofLayers.enumerated() {
                    let golden = try masses.select(0, layer).slice(1, step + 1..<step + 2).unsqueeze(0)
                    #expect(try relativeDifference(mass, golden) < 1e-5, "\(key)")
                }
            }
        }
    }

    /// The rule alone, on the reference's logits.
    @Test(arguments: ["grouped-4to1.one.pai", "grouped-4to1.two.pai_logits", "grouped-4to1.two.vcd"])
    func combinedLogits(key: String) throws {
        let isNoisy = key.hasSuffix("vcd")
        let file = try GoldenCase.attention(isNoisy ? "presets-vcd" : "presets")
        func tensor(_ name: String) throws -> Tensor { try file.tensor("\(key).\(name)") }
        let input = try GoldenCase("grouped-4to1", "two").input
        let contrast = Contrast(input, weight: isNoisy ? 1 : 0.1, cutoff: 0.1)
        for step in 0..<12 {
            let ours = try contrast.combine(
                tensor("own_logits").select(0, step), tensor("other_logits").select(0, step)
            ).to(.float64)
            let theirs = try tensor("logits").select(0, step)
            func normed(_ x: Tensor) throws -> Tensor { try x - x.logSumExp([0], keep: true) }
            #expect(try relativeDifference(normed(ours), normed(theirs)) < 1e-5)
        }
    }

    @Test func noiseOfTheReference() throws {
        let key = "grouped-4to1.two.vcd"
        let file = try GoldenCase.attention("presets-vcd")
        let golden = try GoldenCase("grouped-4to1", "two")
        let noise = DiffusionNoise(step: 500)
        #expect(abs(noise.kept - 0.7447985260430766) < 1e-12)
        let patches = try #require(golden.input.pixelValues)
        let given = try file.tensor("\(key).noise").reshape([patches.size(0), 3, 2, 196]).slice(2, 0..<1)
        let noised = try noise.noised(patches, frames: 2, noise: given)
        #expect(try relativeDifference(noised, file.tensor("\(key).noised_pixel_values")) < 1e-6)
    }

    // MARK: What cannot be

    @Test func impossibleCoefficientsAreRefused() throws {
        func problem(_ body: () throws -> Intervention) -> String? {
            do {
                _ = try body()
                return nil
            } catch {
                return error.localizedDescription
            }
        }
        #expect(problem { try Intervention(enhance: .nan, suppress: 0) }?.contains("finite") == true)
        #expect(problem { try Intervention(enhance: 0, suppress: .infinity) }?.contains("finite") == true)
        #expect(problem { try Intervention(enhance: 0, suppress: 1.2, reading: .raw) }?.contains("sign") == true)
        #expect(
            problem { try Intervention(enhance: -1.5, suppress: 0, reading: .renormalized) }?.contains("sign") == true)
        #expect(problem { try Intervention(enhance: 0, suppress: 1) }?.contains("removes nothing") == true)
        #expect(problem { try Intervention(enhance: 0, suppress: 1, reading: .renormalized) } == nil)
        #expect(problem { try Intervention(enhance: -1, suppress: 0, reading: .raw) } == nil)
        let golden = try GoldenCase("grouped-4to1", "one")
        for (layers, heads) in [(Set([3]), nil), (nil, Set([8])), (Set([-1]), nil)] as [(Set<Int>?, Set<Int>?)] {
            let stray = try Intervention(enhance: 0.1, suppress: 0, layers: layers, heads: heads)
            #expect(throws: InterventionError.self) { try stray.modulation(for: golden.model.configuration.text) }
        }
    }

    /// Numbers that no method has are refused before anything is computed, not found out by a crash.
    @Test func impossibleRulesAreRefused() throws {
        let assistant = try VisualAssistant(
            folder: GoldenCase.fixtures.deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Checkpoints/microworld"))
        let picture = try RGBImage(width: 64, height: 64, pixels: [UInt8](repeating: 90, count: 64 * 64 * 3))
        let input = try assistant.processor([.user("what?", images: [picture])])
        for rule in [
            ContrastRule.noisedPictures(alpha: 1, cutoff: 0.1, step: 1000),
            .noisedPictures(alpha: -1, cutoff: 0.1, step: 5),
            .noisedPictures(alpha: 1, cutoff: 2, step: 5), .withoutPictures(gamma: 0.5, cutoff: 0.1),
            .withoutPictures(gamma: .nan, cutoff: 0.1),
        ] {
            let question = Question(
                input, options: assistant.options(maxNewTokens: 2), intervention: Intervention(contrast: rule))
            #expect(throws: InterventionError.self) { try assistant.answer([question]) }
        }
        for change in [
            KeyChange(scoreFactor: -1), KeyChange(bias: .infinity), KeyChange(bias: .nan),
            KeyChange(valueFactor: .infinity),
            KeyChange(absoluteFactor: .nan),
        ] {
            let question = Question(
                input, options: assistant.options(maxNewTokens: 2), intervention: Intervention(visual: change))
            #expect(throws: QwenVLError.self) { try assistant.answer([question]) }
        }
    }

    /// Questions that observe and questions that do not, with and without an intervention, are answered together.
    @Test func mixedQuestions() throws {
        let assistant = try VisualAssistant(
            folder: GoldenCase.fixtures.deletingLastPathComponent().deletingLastPathComponent()
                .appendingPathComponent("Checkpoints/microworld"))
        let picture = try RGBImage(width: 64, height: 64, pixels: (0..<64 * 64 * 3).map { UInt8($0 % 251) })
        let input = try assistant.processor([.user("what color is the shape?", images: [picture])])
        func question(_ intervention: Intervention?, observes: Bool) -> Question {
            Question(
                input, options: assistant.options(maxNewTokens: 4), observesAttention: observes,
                intervention: intervention)
        }
        let raw = try Intervention(enhance: 0.5, suppress: 0.4, reading: .raw)
        let pai = Preset.pai.intervention(layerCount: 4)
        for intervention in [raw, pai, Preset.vcd.intervention(layerCount: 4)] {
            let questions = [
                question(nil, observes: false), question(intervention, observes: false),
                question(intervention, observes: true),
            ]
            let together = try assistant.answer(questions)
            for (answers, own) in zip(together, questions) {
                let alone = try assistant.answer([own])[0][0]
                #expect(answers[0].generation.tokenIDs == alone.generation.tokenIDs)
                #expect(answers[0].generation.masses.isEmpty != own.observesAttention)
                #expect(try (answers[0].questionAttention() == nil) != own.observesAttention)
            }
        }
        #expect(throws: QwenVLError.self) {
            try assistant.answer([question(raw, observes: true), question(pai, observes: true)])
        }
    }

    /// A banned token that is far likelier than all others does not take the others below the cut-off.
    @Test func bannedTokensDoNotCountForTheCutoff() throws {
        let input = try GoldenCase("grouped-4to1", "two").input
        let contrast = Contrast(input, weight: 1, cutoff: 0.1)
        let logits = try Tensor([Float(50), 1, 0.5, -9]), other = try Tensor([Float(0), 0, 0, 0])
        let banned = try Tensor([true, false, false, false])
        #expect(try contrast.combine(logits, other).floats() == [100, -.infinity, -.infinity, -.infinity])
        #expect(try contrast.combine(logits, other, banned: banned).floats() == [-.infinity, 2, 1, -.infinity])
    }

    /// Presets go by depth: the published numbers are for 32 layers.
    @Test func presetsGoByDepth() {
        #expect(Preset.vaf.layers(of: 28) == Set([7, 8, 9, 10, 11, 12]))
        #expect(Preset.vaf.layers(of: 36) == Set([10, 11, 12, 13, 14, 15]))
        #expect(Preset.vaf.layers(of: 32) == Set(9...14))
        #expect(Preset.pai.layers(of: 28) == Set(1...27))
        // Deeper models: no layer in between is left out, nor the last.
        #expect(Preset.pai.layers(of: 36) == Set(2...35))
        #expect(Preset.vaf.layers(of: 80) == Set(22...36))
        #expect(Preset.vaf.layers(of: 4) == Set([1]) && Preset.vaf.layers(of: 1) == Set([0]))
        #expect(Preset.vcd.layers(of: 28) == nil)
    }
}
