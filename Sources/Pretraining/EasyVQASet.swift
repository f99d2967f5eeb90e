import Foundation
import Images
import Microworld
import QwenVL
import RandomNumbers
import Samples

/// The train split of easy-VQA as Scripts/microworld/fetch-easy-vqa.sh lays it out: the family that comes from outside.
struct EasyVQASet: Sendable {
    private let samples: [Sample]
    /// Colour and shape of the pictures whose questions give both away.
    private let listings: [(picture: PictureReference, text: String)]

    private static let shapes = ["circle", "rectangle", "triangle"]

    init(folder: URL) throws {
        let file = try SampleFile(folder.appendingPathComponent("train.jsonl"))
        var samples: [Sample] = []
        var (colors, kinds): ([URL: String], [URL: String]) = ([:], [:])
        var found: Set<URL> = []
        for entry in try file.entries() {
            // Everything is looked at now, and not hours later when it is drawn.
            let (sample, url, question, answer) = try entry.naming {
                let sample = try entry.sample()
                guard case .file(let url) = sample.pictures.first,
                    let question = sample.turns.last(where: { $0.role == .user })?.text, let answer = sample.answer,
                    !answer.isEmpty
                else { throw SampleError.content("The sample must have a picture, a question and an answer") }
                if found.insert(url).inserted, !FileManager.default.isReadableFile(atPath: url.path) {
                    throw SampleError.content("There is no readable picture \(url.path)")
                }
                return (sample, url, question, answer)
            }
            samples.append(sample)
            if Self.shapes.contains(answer) {
                kinds[url] = answer
            } else if question.contains("color is the"), answer != "yes", answer != "no" {
                colors[url] = answer
            }
        }
        self.samples = samples
        listings = colors.keys.sorted { $0.path < $1.path }.compactMap { url in
            guard let color = colors[url], let kind = kinds[url] else { return nil }
            return (.file(url), "\(color) \(kind)")
        }
        guard !samples.isEmpty, !listings.isEmpty else {
            throw QwenVLError.input("\(file.url.path) has no questions about colours and shapes")
        }
    }

    /// The conversation of a number: one of the set's questions, or colour and shape of one of its pictures.
    func messages(listing: Bool, _ random: inout SplitMix64) throws -> [Message] {
        guard listing else { return try random.pick(samples).messages() }
        let (picture, text) = random.pick(listings)
        return [.user(random.pick(PretrainingData.listingPrompts), images: [try picture.image()]), .assistant(text)]
    }
}
