import Foundation
import Images
import Microworld
import RandomNumbers
import Serving

/// An oracle of the microworld that answers like a model and is none.
///
/// It looks pictures up among those that it drew itself, and reads their scenes: what it answers says nothing about any
/// model. Stages of visual-anchored reflection data are asked for by a line such as "Task: describe the picture".
public struct OracleBackend: ChatBackend {
    /// The name by which it is asked for.
    public static let name = "microworld-oracle"

    /// The oracle as the only model.
    public let models = [
        ServedModel(
            id: OracleBackend.name, owner: "avar: an oracle that reads scenes, and no model", created: 1_767_225_600)
    ]

    private let finder: QuestionFinder
    private let settings: OracleSettings

    /// An oracle.
    /// - Parameters:
    ///   - catalogue: the questions and pictures that it knows.
    ///   - settings: how it answers.
    /// - Throws: ``OracleError`` if the settings cannot be meant.
    public init(_ catalogue: OracleCatalogue, settings: OracleSettings = OracleSettings()) throws {
        try settings.validate()
        self.settings = settings
        finder = QuestionFinder(catalogue, oracle: Oracle(seed: settings.seed), variants: settings.variants)
    }

    /// Refuses what only models have.
    /// - Parameter request: what is asked.
    /// - Throws: ``Refusal`` (400).
    public func check(_ request: ChatRequest) throws {
        if request.wantsLogProbabilities {
            throw Refusal.invalid("logprobs", "The oracle is no model: it has no probabilities.")
        }
        if request.wantsVisualAttention {
            throw Refusal.invalid("visual_attention", "The oracle is no model: it has no attention.")
        }
        if request.pictures.count > 1 {
            throw Refusal.invalid("messages", "The oracle answers about one picture at a time.")
        }
    }

    /// Answers a request in words, each of which counts as a token.
    /// - Parameters:
    ///   - request: what is asked.
    ///   - emit: takes the words.
    /// - Throws: ``Refusal`` (400) if it is not about the microworld.
    public func answer(
        _ request: ChatRequest, emit: @escaping @Sendable (ChatEvent) throws -> Bool
    ) async throws {
        let asked = try Asked(request)
        let found = try finder.find(asked)
        if settings.seconds > 0 { try await Task.sleep(for: .seconds(settings.seconds)) }
        _ = try emit(.prompt(tokens: asked.text.split(whereSeparator: \.isWhitespace).count))
        for choice in 0..<request.choices {
            let words = Self.words(text(asked, found, choice: UInt64(choice)))
            let most = min(words.count, request.maxTokens ?? words.count)
            var goesOn = true
            for (index, word) in words[..<most].enumerated() where goesOn {
                goesOn = try emit(.token(choice: choice, AnswerToken(id: index, bytes: word)))
            }
            if goesOn { _ = try emit(.finish(choice: choice, reason: most < words.count ? .length : .stop)) }
        }
    }

    /// A text as words with the blanks before them.
    private static func words(_ text: String) -> [[UInt8]] {
        var words: [[UInt8]] = []
        for byte in text.utf8 {
            if byte == UInt8(ascii: " ") || words.isEmpty { words.append([]) }
            words[words.count - 1].append(byte)
        }
        return words
    }

    private func text(_ asked: Asked, _ found: QuestionFinder.Found, choice: UInt64) -> String {
        let oracle = finder.oracle
        // The number of a text that was sent along, else that of the seed.
        let variant = ((found.variant ?? asked.number) &+ choice) % UInt64(settings.variants)
        switch asked.stage {
        case .description: return oracle.description(of: found.scene, variant: variant)
        case .reasoning: return reasoned(asked, found, choice, oracle.reflection(for: found.question, variant: variant))
        case .anchors:
            let slip = slip(asked, choice, among: OracleSlip.allCases)
            let isBare = slip == .noAnchors
            let thought =
                isBare
                ? oracle.reflection(for: found.question, variant: variant)
                : oracle.anchored(for: found.question, variant: variant)
            return response(thought, found.question, slip)
        case .answer: return reasoned(asked, found, choice, oracle.anchored(for: found.question, variant: variant))
        }
    }

    private func reasoned(_ asked: Asked, _ found: QuestionFinder.Found, _ choice: UInt64, _ thought: String) -> String
    {
        response(thought, found.question, slip(asked, choice, among: [.wrongAnswer, .leak]))
    }

    private func slip(_ asked: Asked, _ choice: UInt64, among kinds: [OracleSlip]) -> OracleSlip? {
        var random = SplitMix64(settings.seed, asked.digest, choice)
        return random.chance(settings.slips) ? random.pick(kinds) : nil
    }

    /// A whole response, with its slip.
    private func response(_ thought: String, _ question: Question, _ slip: OracleSlip?) -> String {
        switch slip {
        case .wrongAnswer:
            let reply = finder.oracle.reply(to: question)
            let wrong = question.candidates.first { $0 != question.answerText } ?? "none of them"
            let letter = question.options.firstIndex(of: wrong).map { ["A", "B", "C", "D"][$0] } ?? wrong
            return "<think>\(thought)</think><answer>\(letter == reply ? "none of them" : letter)</answer>"
        case .leak:
            let leak = "According to the description, that is so. "
            return finder.oracle.response(think: leak + thought, question: question)
        case .noAnchors, nil: return finder.oracle.response(think: thought, question: question)
        }
    }
}

/// What a request asks of the oracle.
struct Asked {
    let stage: OracleStage
    /// All words of the request.
    let text: String
    let picture: RGBImage?
    /// The number of the text that is wanted.
    let number: UInt64
    /// Tells requests apart.
    let digest: UInt64

    init(_ request: ChatRequest) throws {
        text = request.texts.joined(separator: "\n")
        stage = OracleStage(askedIn: text)
        let pictureBytes = request.pictures.first?.data
        if stage == .reasoning, let picture = request.pictures.first {
            throw Refusal.invalid(
                picture.parameter, "Reasoning from a description takes no picture; leave it out.")
        }
        picture = try request.pictures.first.map { picture in
            do {
                return try RGBImage(encoded: picture.data, name: picture.parameter)
            } catch {
                throw Refusal.invalid(picture.parameter, error.localizedDescription, code: "invalid_image")
            }
        }
        let ofText = SplitMix64.digest(text)
        let ofPicture = (pictureBytes ?? Data()).reduce(UInt64(0)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        var stream = SplitMix64(ofText, ofPicture, request.seed ?? 0)
        digest = stream.next()
        number = request.seed ?? digest
    }
}
