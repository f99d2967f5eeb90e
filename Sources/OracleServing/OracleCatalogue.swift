import Crypto
import Foundation
import Images
import Microworld

/// The questions and pictures that an oracle knows.
///
/// Pictures are known by their pixels, so that one that was written anew, without loss, is the same.
public struct OracleCatalogue: Sendable {
    /// The questions of the same picture.
    private let questionsByPicture: [SHA256Digest: [Int]]
    /// Every question.
    public let questions: [Question]
    /// The numbers of the questions with the same words.
    private let questionsByText: [String: [Int]]

    /// Draws and looks at the pictures of the first questions of some sources.
    /// - Parameters:
    ///   - sources: where the questions come from.
    ///   - limit: how many questions of each.
    /// - Throws: ``MicroworldError`` if pictures cannot be drawn.
    public init(_ sources: [QuestionSource], limit: Int) throws {
        let renderer = try SceneRenderer()
        var questions: [Question] = []
        var (byPicture, byText): ([SHA256Digest: [Int]], [String: [Int]]) = ([:], [:])
        for source in sources {
            for number in 0..<limit {
                let question = source.question(number)
                let picture = try RGBImage(encoded: renderer.png(question.scene), name: question.id)
                byPicture[Self.digest(picture), default: []].append(questions.count)
                byText[Self.plain(question.text), default: []].append(questions.count)
                questions.append(question)
            }
        }
        (self.questions, questionsByPicture, questionsByText) = (questions, byPicture, byText)
    }

    /// The questions about a picture.
    /// - Parameter picture: the picture.
    /// - Returns: none if the picture is not known.
    public func questions(about picture: RGBImage) -> [Question] {
        questionsByPicture[Self.digest(picture), default: []].map { questions[$0] }
    }

    /// The questions whose words are in a text.
    /// - Parameter text: what was asked, among other words.
    /// - Returns: those with the longest words only, and of these those whose whole prompt is there, if any.
    public func questions(askedIn text: String) -> [Question] {
        let text = Self.plain(text)
        let found = questionsByText.keys.filter { Bytes.contains(text, $0) }
        guard let longest = found.map(\.utf8.count).max() else { return [] }
        let candidates = found.filter { $0.utf8.count == longest }.flatMap { questionsByText[$0, default: []] }
        return Self.closest(candidates.sorted().map { questions[$0] }, to: text)
    }

    /// Of several questions those that a text asks.
    static func asked(_ questions: [Question], in text: String) -> [Question] {
        let text = plain(text)
        let found = questions.filter { Bytes.contains(text, plain($0.text)) }
        guard let longest = found.map(\.text.utf8.count).max() else { return [] }
        return closest(found.filter { $0.text.utf8.count == longest }, to: text)
    }

    /// The questions whose options and hint are in the text too, else all.
    private static func closest(_ questions: [Question], to text: String) -> [Question] {
        let whole = questions.filter { Bytes.contains(text, plain($0.prompt)) }
        guard let longest = whole.map(\.prompt.utf8.count).max() else { return questions }
        return whole.filter { $0.prompt.utf8.count == longest }
    }

    /// A text in which the kind and number of blanks does not count.
    static func plain(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func digest(_ picture: RGBImage) -> SHA256Digest {
        var hash = SHA256()
        withUnsafeBytes(of: (Int64(picture.width), Int64(picture.height))) { hash.update(bufferPointer: $0) }
        picture.pixels.withUnsafeBytes { hash.update(bufferPointer: $0) }
        return hash.finalize()
    }
}

/// Texts as bytes, where Unicode's equalities are not needed.
enum Bytes {
    static func contains(_ text: String, _ part: String) -> Bool {
        var (text, part) = (text, part)
        return text.withUTF8 { text in
            part.withUTF8 { part in
                guard let first = part.first, let piece = part.baseAddress else { return true }
                guard var place = text.baseAddress, text.count >= part.count else { return false }
                let last = place + (text.count - part.count)
                while place <= last, let found = memchr(place, Int32(first), last - place + 1) {
                    if memcmp(found, piece, part.count) == 0 { return true }
                    place = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) + 1
                }
                return false
            }
        }
    }
}
