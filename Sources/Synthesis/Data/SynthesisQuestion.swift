import Crypto
import Foundation
import Samples

/// A question with pictures and its known answer, from which a sample is made; pictures are read when they are wanted.
public struct SynthesisQuestion: Sendable {
    /// What the file calls it; else where it lies.
    public let id: String
    /// For messages: `Line 3 of data.jsonl`.
    public let place: String
    /// The words of the question, options included.
    public let text: String
    /// The known answer.
    public let answer: String
    /// The options with their letters, if the question ends in some.
    public let options: [String]
    /// Its pictures, at least one.
    public let pictures: [PictureReference]

    /// Takes a sample whose last turn is its answer.
    /// - Parameters:
    ///   - sample: with pictures in its last question.
    ///   - place: for messages.
    /// - Throws: `SampleError.content` about what is missing.
    public init(_ sample: Sample, place: String) throws {
        guard let turn = sample.turns.last(where: { $0.role == .user }),
            turn.text.contains(where: { !$0.isWhitespace })
        else { throw SampleError.content("There is no question") }
        guard let answer = sample.answer, answer.contains(where: { !$0.isWhitespace }) else {
            throw SampleError.content("There is no answer, against which what is made could be checked")
        }
        guard !sample.pictures.isEmpty else { throw SampleError.content("There is no picture") }
        (self.place, id) = (place, sample.id ?? place)
        text = turn.text.trimmingCharacters(in: .whitespacesAndNewlines)
        self.answer = Self.bare(answer)
        options = Self.options(of: text)
        pictures = sample.pictures
    }

    /// An answer without the tags and the thought of a response that has them.
    private static func bare(_ answer: String) -> String {
        let parts = answer.components(separatedBy: "<answer>")
        let inner = parts.count > 1 ? parts[parts.count - 1].components(separatedBy: "</answer>")[0] : answer
        return inner.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The lines at the end that are lettered one after the other, from A on, as `B. blue`, `(B) blue` or `B) blue`.
    static func options(of text: String) -> [String] {
        var found: [(letter: UInt8, text: String)] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let bytes = Array(line.utf8.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x28 })
            if bytes.count >= 3, (0x41...0x5A).contains(bytes[0]), [0x2E, 0x29, 0x3A].contains(bytes[1]) {
                found.append((bytes[0], line.trimmingCharacters(in: .whitespaces)))
            } else {
                found = []
            }
        }
        guard found.count >= 2, found.enumerated().allSatisfy({ Int($1.letter) == 0x41 + $0 }) else { return [] }
        return found.map(\.text)
    }

    /// Tells whether the question is still the same: its words, and of its pictures the bytes, or path, size and time
    /// of the file.
    var fingerprint: String {
        var hash = SHA256()
        for part in [text, answer] { hash.update(data: Data("\(part)\u{0}".utf8)) }
        for picture in pictures {
            switch picture {
            case .bytes(let data, _): hash.update(data: Data(SHA256.hash(data: data)))
            case .file(let url):
                var status = stat()
                let mark =
                    stat(url.path, &status) == 0
                    ? "\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec)" : "absent"
                hash.update(data: Data("\(url.path)\u{0}\(mark)\u{0}".utf8))
            }
        }
        return hash.finalize().hexadecimal
    }
}

extension Digest {
    /// The digest in hexadecimal.
    var hexadecimal: String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in self { text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
