import ColdStart
import Crypto
import Foundation
import Images
import QwenVL
import Samples

/// A problem with the answer that is known.
public struct Problem: Sendable {
    /// For messages: `Line 3 of train.jsonl`.
    public let place: String
    /// What the file calls it.
    public let id: String?
    /// Its text, without pictures and template: what rewards are told.
    public let text: String
    /// The answer, as the file has it.
    public let answer: String
    /// The prompt as it is put: a system turn and earlier turns where there are any, then the problem's; pictures not decoded.
    public let turns: [Sample.Turn]
    /// Tokens of the prompt, the pictures' among them.
    public let tokens: Int

    /// The pictures of the prompt in their order.
    public var pictures: [PictureReference] { Sample(turns: turns).pictures }
}

/// Problems to learn from or to be tested on: `problem`, `images` and `answer` as EasyR1 has them, or any other data file whose samples
/// end in an answer.
///
/// Every problem is looked at when the set is opened; what is too long is left out and counted. Pictures stay where they are.
public struct ProblemSet: Sendable {
    /// How many problems there are, those left out not counted; they are in the order of their files.
    public let count: Int
    /// Problems whose prompt is longer than allowed.
    public let tooLong: Int
    /// Tells whether they are still the same.
    public let fingerprint: String
    /// Tokens of the longest prompt that is kept, pictures included; 0 of no problem.
    public var longestPrompt: Int { tokens.max() ?? 0 }
    private let entries: [SampleEntry]
    private let tokens: [Int]
    private let template: PromptTemplate
    private let system: DataSettings.System
    private let processor: QwenVLProcessor

    /// Opens problems.
    /// - Parameters:
    ///   - sources: where they are from, one after the other, and how many of each are taken, nil for all.
    ///   - template: what stands round each.
    ///   - system: which system turn a prompt begins with.
    ///   - processor: makes tokens and patches.
    ///   - maximumTokens: the longest prompt.
    /// - Throws: `SampleError.entry` for a problem without an answer or with a picture that is none; `SampleError.content` if none is left.
    public init(
        _ sources: [(samples: any SampleSource, count: Int?)], template: PromptTemplate,
        system: DataSettings.System = .keep, processor: QwenVLProcessor, maximumTokens: Int
    ) throws {
        var (entries, lengths, left, hash) = ([SampleEntry](), [Int](), 0, SHA256())
        hash.update(data: Data("\(template.before)\u{0}\(template.after)\u{0}\(template.trims)\n".utf8))
        for (source, count) in sources {
            for entry in try source.entries().prefix(count ?? .max) {
                let problem = try Self.problem(entry, template, system, processor, tokens: nil)
                guard problem.tokens <= maximumTokens else {
                    left += 1
                    continue
                }
                for part in [problem.text, problem.answer] { hash.update(data: Data("\(part)\u{0}".utf8)) }
                for turn in problem.turns.dropLast() {
                    hash.update(data: Data("\(turn.role.rawValue)\u{0}\(turn.text)\u{0}".utf8))
                }
                for picture in problem.pictures { hash.update(data: try picture.bytes()) }
                entries.append(entry.kept)
                lengths.append(problem.tokens)
            }
        }
        guard !entries.isEmpty else {
            let names = sources.map(\.samples.name).joined(separator: ", ")
            throw SampleError.content(
                left > 0
                    ? "All \(left) problems of \(names) are longer than \(maximumTokens) tokens"
                    : "\(names) has no problems")
        }
        (self.entries, tokens, self.template, self.processor) = (entries, lengths, template, processor)
        self.system = system
        (count, tooLong) = (entries.count, left)
        fingerprint = hash.finalize().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// A problem; its place is read again.
    /// - Parameter index: counted from 0.
    /// - Returns: the problem.
    /// - Throws: `SampleError.entry` if it is no longer what it was.
    public func problem(_ index: Int) throws -> Problem {
        try Self.problem(entries[index], template, system, processor, tokens: tokens[index])
    }

    /// The prompt of a problem as the model takes it.
    /// - Parameter problem: of this set.
    /// - Returns: tokens with their roles, ending in the header of an assistant turn, and pictures.
    /// - Throws: what is wrong with a picture, with the problem's place.
    public func input(_ problem: Problem) throws -> ModelInput {
        do {
            return try processor(Sample(turns: problem.turns).messages(), addsDefaultSystem: system != .none)
        } catch {
            throw SampleError.entry(place: problem.place, cause: error)
        }
    }

    private static func problem(
        _ entry: SampleEntry, _ template: PromptTemplate, _ system: DataSettings.System, _ processor: QwenVLProcessor,
        tokens: Int?
    ) throws -> Problem {
        let sample = try entry.sample()
        return try entry.naming {
            var turns = system.turns(of: sample)
            guard let place = turns.lastIndex(where: { $0.role == .user }) else {
                throw SampleError.content("There is no problem")
            }
            guard let answer = sample.answer, !answer.allSatisfy(\.isWhitespace) else {
                throw SampleError.content("There is no answer to compare with")
            }
            let text = turns[place].text
            turns.removeSubrange((place + 1)...)
            turns[place].content = template.applied(to: turns[place].content)
            return Problem(
                place: entry.place, id: sample.id, text: text, answer: answer, turns: turns,
                tokens: try tokens ?? count(turns, processor, addsDefaultSystem: system != .none))
        }
    }

    /// How long a prompt is, without decoding its pictures.
    private static func count(
        _ turns: [Sample.Turn], _ processor: QwenVLProcessor, addsDefaultSystem: Bool
    ) throws -> Int {
        var grids: [GridTHW] = []
        let blank = try RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
        let messages = try Sample(turns: turns).messages { picture in
            let size = try picture.size()
            grids.append(try processor.imageProcessor.grid(height: size.height, width: size.width))
            return blank
        }
        return try processor.roles(
            messages, grids: grids, addsGenerationPrompt: true, addsDefaultSystem: addsDefaultSystem
        ).count
    }
}
