import Foundation
import QwenVL

/// Objects of a data file to samples, in the forms that ``SampleFile`` names.
struct SampleParser: Sendable {
    /// Where relative paths may start: the first folder in which there is such a file, or else the first.
    let folders: [URL]
    /// Under which names the parts of a sample stand.
    var layout = SampleLayout()

    /// A piece of a turn before the pictures are put in their places.
    enum Piece {
        case text(String)
        case mark
        case picture(PictureReference)
    }

    typealias Draft = (role: Message.Role, pieces: [Piece])
    typealias Fields = [String: FieldValue]

    static let mark = "<image>"

    /// The sample of some JSON.
    func sample(json bytes: Data) throws -> Sample {
        let value: FieldValue
        do {
            value = try FieldValue(json: bytes)
        } catch {
            let detail = (error as NSError).userInfo["NSDebugDescription"] as? String
            throw fail("the sample is not valid JSON" + (detail.map { " (\($0.trimmingCharacters(in: ["."])))" } ?? ""))
        }
        return try sample(value)
    }

    /// The sample that an object is.
    func sample(_ value: FieldValue) throws -> Sample {
        guard let fields = value.object else { throw fail("the sample is not a JSON object") }
        for (key, what) in layout.unsupported.sorted(by: { $0.key < $1.key }) {
            if let value = fields[key], !value.isNothing {
                let advice = what == "videos" ? "give single frames as images" : "leave it out"
                throw fail("the sample has \(what), which are not supported; \(advice)")
            }
        }
        let drafts = try turns(fields)
        guard drafts.contains(where: { $0.role == .user }) else { throw fail("the sample has no turn of the user") }
        return Sample(id: try word("id", fields), turns: try place(pictures(fields), in: drafts))
    }

    func fail(_ problem: String) -> SampleError { .content(problem.prefix(1).uppercased() + problem.dropFirst()) }

    // MARK: Pieces

    /// A user's text, cut at the marks of pictures.
    func pieces(_ text: String) -> [Piece] {
        let parts = text.components(separatedBy: Self.mark)
        return parts.enumerated().flatMap { index, part -> [Piece] in
            (index > 0 ? [.mark] : []) + (part.isEmpty ? [] : [.text(part)])
        }
    }

    /// Puts pictures where their marks are.
    private func place(_ pictures: [PictureReference], in drafts: [Draft]) throws -> [Sample.Turn] {
        let marks = drafts.flatMap(\.pieces).count { piece in
            if case .mark = piece { return true }
            return false
        }
        guard marks == 0 || marks == pictures.count else {
            throw fail(
                "the sample has \(pictures.count) images and \(marks) \(Self.mark) marks; give one mark for each, or none"
            )
        }
        var waiting = pictures[...]
        let first = drafts.firstIndex { $0.role == .user }
        return drafts.enumerated().map { index, draft in
            var content: [Sample.Content] = []
            if marks == 0, index == first {
                content = waiting.map { .picture($0) }
                waiting = []
            }
            for piece in draft.pieces {
                switch piece {
                case .text(let text): content.append(.text(text))
                case .picture(let picture): content.append(.picture(picture))
                case .mark: waiting.popFirst().map { content.append(.picture($0)) }
                }
            }
            return Sample.Turn(role: draft.role, content: content)
        }
    }

    // MARK: Fields

    func text(_ key: String, _ fields: Fields) throws -> String? {
        guard let value = fields[key] else { return nil }
        guard let text = value.text else { throw fail("'\(key)' is not a string") }
        return text
    }

    /// A string, or a number as a string.
    func word(_ key: String, _ fields: Fields) throws -> String? {
        switch fields[key] {
        case nil: return nil
        case .text(let text), .number(let text): return text
        default: throw fail("'\(key)' is neither a string nor a number")
        }
    }

    func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }
}
