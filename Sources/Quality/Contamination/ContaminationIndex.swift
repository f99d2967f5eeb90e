import Foundation

/// The questions and pictures of benchmarks, in which those of samples are looked for.
///
/// A question is found if it shares `ngram` words in a row with one of a benchmark (in small letters, marks left out), or,
/// where that one is shorter, if it is the same as a whole. What stands in more than `commonQuestions` questions of the
/// benchmarks is a phrase of theirs and not looked for; nor are whole questions under `wholeQuestionWords` words ("Find
/// x."), which their picture must tell. A picture is found by its hash and its thumbnail (`PictureFingerprint`).
public struct ContaminationIndex: Sendable {
    /// What counts as found.
    public struct Settings: Sendable, Equatable, Codable {
        /// How many words in a row are shared.
        public var ngram = 13
        /// The fewest words of a question that is compared as a whole.
        public var wholeQuestionWords = 8
        /// In how many questions of the benchmarks words may stand and still be looked for.
        public var commonQuestions = 10
        /// In how many bits the hashes of pictures may differ.
        public var hashDistance = 4
        /// By how much thumbnails of 32 x 32 pixels may differ in any square of 2 x 2, in levels of 0...255.
        ///
        /// Encoding and scaling anew changed pictures by at most 30; the nearest of 2,000 scenes of the microworld whose
        /// hashes agree differ by 64.
        public var thumbnailDifference = 40.0

        /// 13 words, whole questions from 8, phrases of more than 10 questions left out, 4 bits, 40 levels.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case ngram
            case wholeQuestionWords = "whole_question_words"
            case commonQuestions = "common_questions"
            case hashDistance = "hash_distance"
            case thumbnailDifference = "thumbnail_difference"
        }

        /// Reads the settings; what is not given has its default.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys and impossible values, `DecodingError` on other types.
        public init(from decoder: any Decoder) throws {
            let values = try SettingsKeys<CodingKeys>(decoder, in: "contamination")
            try values.read(&ngram, .ngram, in: 3...100)
            try values.read(&wholeQuestionWords, .wholeQuestionWords, in: 1...Int.max)
            try values.read(&commonQuestions, .commonQuestions, in: 1...Int.max)
            try values.read(&hashDistance, .hashDistance, in: 0...16)
            try values.read(&thumbnailDifference, .thumbnailDifference, in: 0...255)
        }
    }

    /// A question of a benchmark.
    public struct Item: Sendable {
        /// What it is called in reasons, for example `mathvista 17`.
        public var id: String
        /// The question; its options may follow.
        public var question: String
        /// The files of its pictures.
        public var pictures: [Data]

        /// A question of a benchmark.
        /// - Parameters:
        ///   - id: what it is called in reasons.
        ///   - question: the question; its options may follow.
        ///   - pictures: the files of its pictures.
        public init(id: String, question: String, pictures: [Data] = []) {
            (self.id, self.question, self.pictures) = (id, question, pictures)
        }
    }

    /// What was found.
    public struct Match: Sendable, Equatable {
        /// The question of a benchmark.
        public let id: String
        /// The shared words; nil if it is the picture.
        public let words: String?
    }

    /// The pictures that could not be decoded, and why: they are not looked for.
    public private(set) var unreadablePictures: [(id: String, reason: String)] = []
    /// How many questions it holds.
    public var count: Int { ids.count }
    /// How many pictures it holds.
    public var pictureCount: Int { pictures.count }

    private let settings: Settings
    private var ids: [String] = []
    private var grams: [UInt64: Place] = [:]
    private var wholes: [UInt64: Int32] = [:]
    private var pictures: [(item: Int32, fingerprint: PictureFingerprint)] = []

    /// Where words stand first, and in how many questions.
    private struct Place {
        var first: Int32
        var last: Int32
        var count: Int32
    }

    /// Takes up the questions of benchmarks, one after the other.
    /// - Parameters:
    ///   - items: the questions.
    ///   - settings: what counts as found.
    public init(_ items: some Sequence<Item>, settings: Settings = Settings()) {
        self.settings = settings
        for item in items { add(item) }
    }

    /// Takes up one more question.
    /// - Parameter item: the question.
    public mutating func add(_ item: Item) {
        let number = Int32(ids.count)
        ids.append(item.id)
        let words = QuestionWords(item.question).hashes
        for gram in WordHash.grams(words, settings.ngram) {
            var place = grams[gram] ?? Place(first: number, last: -1, count: 0)
            if place.last != number { (place.last, place.count) = (number, place.count + 1) }
            grams[gram] = place
        }
        if words.count < settings.ngram, words.count >= settings.wholeQuestionWords {
            let whole = words.reduce(WordHash.start, WordHash.join)
            if wholes[whole] == nil { wholes[whole] = number }
        }
        for picture in item.pictures {
            do {
                pictures.append((number, try PictureFingerprint(encoded: picture, name: item.id)))
            } catch {
                unreadablePictures.append((item.id, error.localizedDescription))
            }
        }
    }

    /// Looks for a question.
    /// - Parameter question: the question; its options may follow.
    /// - Returns: the first words that are found.
    public func match(question: String) -> Match? {
        let words = QuestionWords(question)
        for (place, gram) in WordHash.grams(words.hashes, settings.ngram).enumerated() {
            guard let found = grams[gram], found.count <= settings.commonQuestions else { continue }
            return Match(id: ids[Int(found.first)], words: words.excerpt(place..<place + settings.ngram))
        }
        // A whole question has fewer words than that, so none is missed.
        guard words.hashes.count < settings.ngram,
            let first = wholes[words.hashes.reduce(WordHash.start, WordHash.join)]
        else { return nil }
        return Match(id: ids[Int(first)], words: words.excerpt(0..<words.hashes.count))
    }

    /// Looks for a picture.
    /// - Parameter picture: its fingerprint.
    /// - Returns: the first question that has it.
    public func match(picture: PictureFingerprint) -> Match? {
        let found = pictures.first {
            $0.fingerprint.shows(
                picture, largestDistance: settings.hashDistance, largestDifference: settings.thumbnailDifference)
        }
        return found.map { Match(id: ids[Int($0.item)], words: nil) }
    }
}

/// The words of a question without the places of its pictures.
struct QuestionWords {
    let hashes: [UInt64]
    private let text: TextWords
    private let places: [Int]

    init(_ question: String) {
        let text = TextWords(question)
        let places = text.tokens.indices.filter { place in
            guard text.tokens[place].isWord else { return false }
            // `<image>` and `<image 1>` are no words.
            return !(text.tokens[place].text == "image" && place > 0 && text.tokens[place - 1].text == "<")
        }
        (self.text, self.places) = (text, places)
        hashes = places.map { WordHash.of(text.tokens[$0].text) }
    }

    func excerpt(_ range: Range<Int>) -> String {
        guard let last = range.last, places.indices.contains(last) else { return "" }
        return text.excerpt(places[range.lowerBound]..<places[last] + 1)
    }
}
