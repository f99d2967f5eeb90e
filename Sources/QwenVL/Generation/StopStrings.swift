/// Watches text as it is written for strings that end it.
///
/// Text that might be the beginning of such a string is held back until it is known not to be.
public struct StopStrings: Sendable {
    private let stops: [String]
    private var held = ""
    /// True once a string has come; nothing more is given out.
    public private(set) var isStopped = false

    /// A watch.
    /// - Parameter stops: strings that end the text and are not part of it; empty ones are ignored.
    public init(_ stops: [String]) { self.stops = stops.filter { !$0.isEmpty } }

    /// Takes the next piece of text.
    ///
    /// However the text is cut into pieces, the string that is complete first ends it.
    /// - Parameter piece: the text.
    /// - Returns: what is certain to belong to the text before any of the strings.
    public mutating func append(_ piece: String) -> String {
        guard !isStopped else { return "" }
        let text = Array((held + piece).utf8)
        if let found = place(in: text) {
            isStopped = true
            held = ""
            return String(decoding: text[..<found], as: UTF8.self)
        }
        let waiting = stops.map { Self.openSuffix(of: text, in: Array($0.utf8)) }.max() ?? 0
        let certain = text.count - waiting
        held = String(decoding: text[certain...], as: UTF8.self)
        return String(decoding: text[..<certain], as: UTF8.self)
    }

    /// Ends the text.
    /// - Returns: what was held back.
    public mutating func finish() -> String {
        defer { held = "" }
        return held
    }

    /// Where the string begins that is complete first; of several that end at the same byte the longest.
    private func place(in text: [UInt8]) -> Int? {
        stops.compactMap { stop -> Range<Int>? in
            let bytes = Array(stop.utf8)
            guard text.count >= bytes.count else { return nil }
            let start = (0...text.count - bytes.count).first { text[$0..<$0 + bytes.count].elementsEqual(bytes) }
            return start.map { $0..<$0 + bytes.count }
        }.min { ($0.upperBound, $0.lowerBound) < ($1.upperBound, $1.lowerBound) }?.lowerBound
    }

    /// How many bytes at the end of the text could begin the string.
    private static func openSuffix(of text: [UInt8], in stop: [UInt8]) -> Int {
        let longest = min(text.count, stop.count - 1)
        return stride(from: longest, to: 0, by: -1).first { text.suffix($0).elementsEqual(stop.prefix($0)) } ?? 0
    }
}
