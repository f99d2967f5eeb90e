import Foundation
import QwenVL
import Testing
import Torch

/// The samples of a prompt share one pass over it and one copy of its cache.
@Suite struct SharedCacheTests {
    private static let promptTokens = 4096

    /// A model of random weights whose cache is large: 4 layers x 2 x 4 heads x 128 numbers are 16 KiB for each token.
    private func model() throws -> QwenVLModel {
        let file = fixtures.appendingPathComponent("models/grouped-4to1/config.json")
        var configuration = try ModelConfiguration(contentsOf: file)
        configuration.text.hiddenSize = 512
        configuration.text.attentionHeads = 4
        configuration.text.keyValueHeads = 4
        configuration.text.mropeSection = [16, 24, 24]
        configuration.text.layerCount = 4
        configuration.text.maxPositionEmbeddings = 8192
        configuration.vision.outputHiddenSize = 512
        let parameters = try ParameterLayout.entries(for: configuration).map { entry in
            (entry.name, try Tensor.full(entry.shape, 0.01))
        }
        return try QwenVLModel(configuration: configuration, parameters: ParameterStore(parameters))
    }

    private func residentMiB() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmRSS") })
        return try #require(line.split(separator: " ").compactMap { Int($0) }.first) / 1024
    }

    @Test func oneCopyForAllSamples() throws {
        let model = try model()
        let tokens = (0..<Self.promptTokens).map { $0 % 100 }
        let prompt = try ModelInput(
            inputIDs: tokens, roles: tokens.map { _ in .user }, turns: tokens.map { _ in 0 },
            imageTokenID: model.configuration.imageTokenID)
        let options = GenerationOptions(
            maxNewTokens: 3, endTokenIDs: [], sampling: SamplingOptions(temperature: 1))
        let groups = KeyGroups(count: 1, membership: tokens.map { _ in 1 })
        var resident: [Int] = []
        let samples = try model.generate(
            [GenerationRequest(prompt, options: options, samples: 24, groups: groups)]
        ) { token in
            // When the first sample has its first token, the prompt has been read.
            if token.sample == 0 || token.sample == 23 { resident.append(try residentMiB()) }
            return true
        }[0]
        let first = try #require(resident.first)
        // One copy is 64 MiB, so that one for every sample would add 1,472. Other suites run beside this one.
        #expect(try #require(resident.max()) - first < 600, "\(resident)")
        // Not masses that are equal: the very same ones, of one pass.
        #expect(samples.allSatisfy { $0.promptMasses.count == 4 && $0.promptMasses[0] === samples[0].promptMasses[0] })
    }
}
