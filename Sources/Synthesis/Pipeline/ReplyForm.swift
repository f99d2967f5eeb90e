import ChatEndpoints

/// What makes a reply one that can be worked with, before anybody judges what it says.
///
/// Bytes are looked at, not characters: no byte of a tag can be part of another character in UTF-8, and replies are
/// many.
package enum ReplyForm {
    /// What is wrong with a reply; nil if nothing is.
    static func problem(_ response: StoredResponse) -> String? {
        let bytes = Array(response.text.utf8)
        let end: String? =
            switch response.finish {
            case .length: "was cut at the limit of tokens"
            case .other(let word) where !word.isEmpty: "ended with “\(word.prefix(40))”"
            case .stop, .other: nil
            }
        guard bytes.contains(where: { !isSpace($0) }) else {
            return "the reply is empty" + (end.map { " and \($0)" } ?? "")
        }
        if let end { return "the reply \(end)" }
        let found = places(bytes)
        // LLaMA-Factory takes these for places of files wherever they stand.
        if let mark = marks.first(where: { found[$0] != nil }) {
            return "the reply holds \(mark), which marks a place for a file"
        }
        return response.stage == .anchors ? problem(bytes, found) : nil
    }

    /// What keeps a text from being `<think>…</think><answer>…</answer>` and nothing else; nil if nothing does.
    package static func formProblem(_ text: String) -> String? {
        let bytes = Array(text.utf8)
        return problem(bytes, places(bytes))
    }

    private static let marks = ["<image>", "<video>", "<audio>"]
    private static let tags = ["<think>", "</think>", "<answer>", "</answer>"]
    private static let known = (tags + marks).map { (name: $0, bytes: Array($0.utf8)) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    /// Where tags and marks begin.
    private static func places(_ bytes: [UInt8]) -> [String: [Int]] {
        var places: [String: [Int]] = [:]
        for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "<") {
            for word in known where bytes[index...].starts(with: word.bytes) {
                places[word.name, default: []].append(index)
            }
        }
        return places
    }

    private static func problem(_ bytes: [UInt8], _ places: [String: [Int]]) -> String? {
        for tag in tags {
            let count = places[tag]?.count ?? 0
            if count != 1 { return "the reply has \(count == 0 ? "no" : "\(count)") \(tag)" }
        }
        let starts = tags.map { places[$0]?[0] ?? 0 }
        let ends = zip(starts, tags).map { $0 + $1.utf8.count }
        func isBlank(_ from: Int, _ to: Int) -> Bool { bytes[from..<to].allSatisfy(isSpace) }
        guard ends[0] <= starts[1], ends[1] <= starts[2], ends[2] <= starts[3], isBlank(0, starts[0]),
            isBlank(ends[1], starts[2]), isBlank(ends[3], bytes.count)
        else { return "the reply is not <think>…</think><answer>…</answer> and nothing else" }
        if isBlank(ends[0], starts[1]) { return "the reply has an empty thought" }
        if isBlank(ends[2], starts[3]) { return "the reply has an empty answer" }
        return nil
    }
}
