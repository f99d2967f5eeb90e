import Foundation
import QwenVL
import Safetensors
import Testing
import Torch

/// The scores of tokens against transformers' own chain of logits processors, and what generation_config.json means.
@Suite struct SamplingGoldenTests {
    /// A case of Tests/Fixtures/sampling/cases.json, named as in transformers' `GenerationConfig`.
    private struct Case: Decodable {
        var temperature: Double?
        var top_k: Int?
        var top_p: Double?
        var repetition_penalty: Double?
        var suppress_tokens: [Int]?

        var options: SamplingOptions {
            SamplingOptions(
                temperature: temperature ?? 1, topK: top_k ?? 0, topP: top_p ?? 1,
                repetitionPenalty: repetition_penalty ?? 1, bannedTokenIDs: Set(suppress_tokens ?? []))
        }
    }

    private static let folder = fixtures.appendingPathComponent("sampling")

    @Test func scoresAreThoseOfTransformers() throws {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("cases.json"))
        let cases = try JSONDecoder().decode([Case].self, from: data)
        #expect(cases.count == 19)
        let file = try SafetensorsFile(contentsOf: Self.folder.appendingPathComponent("sampling.safetensors"))
        let (logits, tokens) = (try file.tensor("logits"), try file.tensor("tokens"))
        for (index, testCase) in cases.enumerated() {
            let expected = try file.tensor("scores.\(index)")
            #expect(expected.size(0) >= 3)
            for row in 0..<expected.size(0) {
                let sampler = try Sampler(testCase.options, prompt: tokens.select(0, row).values(as: Int.self))
                let scores = try sampler.scores(logits.select(0, row).floats())
                var processed = [Float](repeating: -.infinity, count: scores.count)
                for token in try sampler.candidates(scores) { processed[token] = scores[token] }
                for (actual, reference) in try zip(processed, expected.select(0, row).floats()) {
                    // The same few operations in float32: two roundings of 2^-24 at most.
                    let isEqual = actual == reference || abs(actual - reference) <= 1.2e-7 * abs(reference)
                    #expect(isEqual, "case \(index), row \(row): \(actual), transformers has \(reference)")
                }
            }
        }
    }

    private func configuration(_ generation: String?, model: String = "{}") throws -> GenerationConfiguration {
        try withTemporaryFolder { folder in
            try Data(model.utf8).write(to: folder.appendingPathComponent("config.json"))
            if let generation {
                try Data(generation.utf8).write(to: folder.appendingPathComponent("generation_config.json"))
            }
            return try GenerationConfiguration(folder: folder)
        }
    }

    @Test func endTokensAreANumberOrAList() throws {
        #expect(try configuration(#"{"eos_token_id": 7}"#).endTokenIDs == [7])
        #expect(try configuration(#"{"eos_token_id": [7, 9]}"#).endTokenIDs == [7, 9])
        #expect(try configuration(nil, model: #"{"eos_token_id": 5}"#).endTokenIDs == [5])
        #expect(try configuration("{}", model: #"{"text_config": {"eos_token_id": [5, 6]}}"#).endTokenIDs == [5, 6])
        #expect(try configuration(nil).endTokenIDs == [])
        #expect(sentence { _ = try configuration(#"{"eos_token_id": "end"}"#) }.contains("'eos_token_id'"))
    }

    @Test func samplingIsAsTheFileSuggests() throws {
        #expect(try configuration(nil).sampling == SamplingOptions())
        #expect(try configuration("{}").sampling.isGreedy)
        let greedy = try configuration(#"{"do_sample": false, "temperature": 0.7, "top_p": 0.9}"#).sampling
        #expect(greedy == SamplingOptions(temperature: 0, topP: 0.9))
        // What a sampling configuration leaves out is transformers' own default.
        #expect(try configuration(#"{"do_sample": true}"#).sampling == SamplingOptions(temperature: 1, topK: 50))
        let qwen = try configuration(
            #"{"do_sample": true, "temperature": 0.000001, "repetition_penalty": 1.05, "top_k": 1, "top_p": 0.001}"#)
        #expect(
            qwen.sampling == SamplingOptions(temperature: 1e-6, topK: 1, topP: 0.001, repetitionPenalty: 1.05))
        let wrong = sentence { _ = try configuration(#"{"do_sample": true, "top_p": 1.5}"#) }
        #expect(wrong.contains("generation_config.json: top_p must be above 0 and at most 1, got 1.5"))
    }

    @Test func logitsThatAreNoNumbersAreAnError() throws {
        for options in [
            SamplingOptions(), SamplingOptions(temperature: 1), SamplingOptions(bannedTokenIDs: [0, 1, 2]),
        ] {
            for broken in [Float.nan, .infinity] {
                var sampler = Sampler(options)
                let logits = try Tensor([1, broken, 2] as [Float])
                let text = sentence { _ = try sampler.draw(logits) }
                #expect(text.contains("No token can be drawn"), "\(options) \(broken)")
            }
        }
        var sampler = Sampler(SamplingOptions(temperature: 1, bannedTokenIDs: [0, 1]))
        #expect(sentence { _ = try sampler.draw(Tensor([1, 2] as [Float])) }.contains("all are banned"))
    }
}
