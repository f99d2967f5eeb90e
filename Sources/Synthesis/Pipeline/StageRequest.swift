import ChatEndpoints
import Crypto
import Foundation
import Samples

/// A request of a stage: its words, and its pictures by their digests, until it is sent.
struct StageRequest: Sendable {
    let stage: Stage
    let attempt: Int
    let sampling: ChatRequest.Sampling
    /// What decides the answer, as JSON: what the hash is taken of.
    let record: String
    /// SHA-256 of the record.
    let hash: String
    private let text: String
    private let pictures: [PictureReference]

    private struct Record: Encodable {
        let model: String
        let text: String
        let pictures: [String]
        let temperature: Double?
        let topP: Double?
        let maxTokens: Int?
        let seed: Int64?
        let attempt: Int
    }

    init(
        _ settings: StageSettings, text: String, pictures: [PictureReference], digests: [String], attempt: Int
    ) throws {
        (stage, self.attempt, self.text) = (settings.stage, attempt, text)
        self.pictures = settings.sendsPicture ? pictures : []
        var sampling = settings.sampling
        sampling.seed = sampling.seed.map { $0 + Int64(attempt) }
        self.sampling = sampling
        record = try StoredJSON.text(
            Record(
                model: settings.model, text: text, pictures: settings.sendsPicture ? digests : [],
                temperature: sampling.temperature, topP: sampling.topP, maxTokens: sampling.maxTokens,
                seed: sampling.seed, attempt: attempt))
        hash = SHA256.hash(data: Data(record.utf8)).hexadecimal
    }

    /// What is sent; pictures are read now.
    func message() throws -> ChatRequest {
        var parts: [ChatMessage.Part] = try pictures.map { picture in
            guard let found = ChatPicture(try picture.bytes()) else {
                throw SampleError.content("A picture is neither PNG, JPEG, WebP nor GIF")
            }
            return .picture(found)
        }
        parts.append(.text(text))
        return ChatRequest([ChatMessage(.user, parts)], sampling)
    }

    /// About how many tokens the prompt has: four bytes each, a thousand for a picture.
    var roughTokens: Int { text.utf8.count / 4 + 1000 * pictures.count + 8 }
}

/// How many tokens requests have, learned from those that were counted.
struct TokenEstimate: Sendable {
    /// Real tokens of a prompt for each that was guessed.
    private var ratio = 1.0
    private var new: Double?

    /// Learns from an answer.
    mutating func learn(rough: Int, prompt: Int, new: Int) {
        ratio += 0.1 * (Double(prompt) / Double(max(rough, 1)) - ratio)
        self.new = self.new.map { $0 + 0.1 * (Double(new) - $0) } ?? Double(new)
    }

    /// The likeliest number for a prompt and its answer.
    func likely(rough: Int, most: Int) -> Double { Double(rough) * ratio + (new ?? Double(most)) }

    /// The most of a prompt.
    func prompt(rough: Int) -> Int { Int((Double(rough) * max(ratio, 1)).rounded(.up)) }
}
