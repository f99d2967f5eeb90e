import Crypto
import Foundation
import Images
import Microworld

/// The questions and pictures that an oracle knows.
///
/// Pictures are known by their pixels, so that one that was written anew, without loss, is the same.
public struct OracleCatalogue: Sendable {
    /// All questions that it can be asked, each with the scene behind it.
    public let questions: [Question]
    /// The words of every question and its whole prompt, with single blanks.
    private let words: [(text: String, prompt: String)]
    /// The numbers of the questions about the same picture.
    private let numbersByPicture: [SHA256Digest: [Int]]
    /// The numbers of the questions with the same words.
    private let numbersByText: [String: [Int]]

    /// Draws and looks at the pictures of the first questions of some sources.
    /// - Parameters:
    ///   - sources: where the questions come from.
    ///   - limit: how many questions of each.
    /// - Throws: ``MicroworldError`` if pictures cannot be drawn.
    public init(_ sources: [QuestionSource], limit: Int) throws {
        let renderer = try SceneRenderer()
        var (questions, words): ([Question], [(text: String, prompt: String)]) = ([], [])
        var (byPicture, byText): ([SHA256Digest: [Int]], [String: [Int]]) = ([:], [:])
        for source in sources {
            for index in 0..<limit {
                let question = source.question(index)
                let picture = try RGBImage(encoded: renderer.png(question.scene), name: question.id)
                let text = Self.plain(question.text)
                byPicture[Self.digest(picture), default: []].append(questions.count)
                byText[text, default: []].append(questions.count)
                questions.append(question)
                words.append((text, Self.plain(question.prompt)))
            }
        }
        (self.questions, self.words) = (questions, words)
        (numbersByPicture, numbersByText) = (byPicture, byText)
    }

    /// The numbers of the questions about a picture, none if it is not known.
    func numbers(about picture: RGBImage) -> [Int] { numbersByPicture[Self.digest(picture), default: []] }

    /// The numbers of the questions whose words are in a text with single blanks.
    func numbers(askedIn text: String) -> [Int] {
        let found = numbersByText.keys.filter { Bytes.contains(text, $0) }
        guard let longest = found.map(\.utf8.count).max() else { return [] }
        let candidates = found.filter { $0.utf8.count == longest }.flatMap { numbersByText[$0, default: []] }
        return closest(candidates.sorted(), to: text)
    }

    /// Of several questions those that a text with single blanks asks.
    func asked(_ numbers: [Int], in text: String) -> [Int] {
        let found = numbers.filter { Bytes.contains(text, words[$0].text) }
        guard let longest = found.map({ words[$0].text.utf8.count }).max() else { return [] }
        return closest(found.filter { words[$0].text.utf8.count == longest }, to: text)
    }

    /// The questions whose options and hint are in the text too, else all.
    private func closest(_ numbers: [Int], to text: String) -> [Int] {
        let whole = numbers.filter { Bytes.contains(text, words[$0].prompt) }
        guard let longest = whole.map({ words[$0].prompt.utf8.count }).max() else { return numbers }
        return whole.filter { words[$0].prompt.utf8.count == longest }
    }

    /// A text in which the kind and number of blanks does not count.
    static func plain(_ text: some StringProtocol) -> String {
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
