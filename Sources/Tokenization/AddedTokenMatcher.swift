/// Finds added tokens in text, the leftmost first and of those that start at one place the longest.
struct AddedTokenMatcher: Sendable {
    /// A part of the text.
    enum Segment {
        /// Text between added tokens, never empty.
        case text(Range<Int>)
        /// An added token.
        case token(UInt32)
    }

    private let tokens: [AddedToken]
    /// The children of each node of the trie: the node in the upper half and the byte in the lower 8 bits of the key.
    private var children: [UInt64: Int] = [:]
    /// For each node of the trie the place in `tokens` of the token that ends there.
    private var tokenAtNode: [Int?] = [nil]
    private var startsToken = [Bool](repeating: false, count: 256)
    private let table = ScalarTable.shared

    /// Makes a matcher.
    ///
    /// - Parameter tokens: the tokens and the text to look for each by; no text empty, none twice.
    init(_ tokens: [(token: AddedToken, pattern: String)]) {
        self.tokens = tokens.map(\.token)
        for (place, (_, pattern)) in tokens.enumerated() {
            var node = 0
            for byte in pattern.utf8 {
                let key = Self.key(node, byte)
                if let child = children[key] {
                    node = child
                } else {
                    children[key] = tokenAtNode.count
                    node = tokenAtNode.count
                    tokenAtNode.append(nil)
                }
            }
            tokenAtNode[node] = place
            if let first = pattern.utf8.first { startsToken[Int(first)] = true }
        }
    }

    /// Cuts text into added tokens and what lies between them.
    ///
    /// - Parameters:
    ///   - bytes: valid UTF-8.
    ///   - parsesSpecialTokens: false to leave special tokens in the text.
    ///   - body: called with each part in order.
    func forEachSegment(
        in bytes: UnsafeBufferPointer<UInt8>, parsesSpecialTokens: Bool, _ body: (Segment) -> Void
    ) {
        var segmentStart = 0
        var index = tokens.isEmpty ? bytes.count : 0
        while index < bytes.count {
            guard startsToken[Int(bytes[index])], let (token, end) = longestMatch(in: bytes, from: index) else {
                index += 1
                continue
            }
            let start = index
            // A match that is passed over is not searched for shorter ones; so does the reference.
            index = end
            if token.isSpecial && !parsesSpecialTokens { continue }
            if token.isSingleWord && (endsInWord(bytes[..<start]) || startsWithWord(bytes[end...])) { continue }
            let textEnd = token.stripsLeft ? max(startOfTrailingSpace(in: bytes[..<start]), segmentStart) : start
            if segmentStart < textEnd { body(.text(segmentStart..<textEnd)) }
            body(.token(UInt32(token.id)))
            segmentStart = token.stripsRight ? endOfLeadingSpace(in: bytes[end...]) : end
        }
        if segmentStart < bytes.count { body(.text(segmentStart..<bytes.count)) }
    }

    private func longestMatch(
        in bytes: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> (token: AddedToken, end: Int)? {
        var found: (token: AddedToken, end: Int)?
        var node = 0
        var index = start
        while index < bytes.count, let child = children[Self.key(node, bytes[index])] {
            node = child
            index += 1
            if let place = tokenAtNode[node] { found = (tokens[place], index) }
        }
        return found
    }

    private func startOfTrailingSpace(in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var start = bytes.endIndex
        while let scalar = lastScalar(of: bytes[..<start]), isSpace(scalar) { start -= UTF8.width(scalar) }
        return start
    }

    private func endOfLeadingSpace(in bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Int {
        var end = bytes.startIndex
        while let scalar = firstScalar(of: bytes[end...]), isSpace(scalar) { end += UTF8.width(scalar) }
        return end
    }

    private func endsInWord(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        lastScalar(of: bytes).map(isWordScalar) ?? false
    }

    private func startsWithWord(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        firstScalar(of: bytes).map(isWordScalar) ?? false
    }

    private func firstScalar(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar? {
        guard !bytes.isEmpty else { return nil }
        return Unicode.Scalar(decodedScalar(in: bytes.base, at: bytes.startIndex).scalar)
    }

    private func lastScalar(of bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar? {
        guard let start = bytes.lastIndex(where: { !UTF8.isContinuation($0) }) else { return nil }
        return Unicode.Scalar(decodedScalar(in: bytes.base, at: start).scalar)
    }

    private func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        let category = table[scalar.value].category
        return category == ScalarCategory.space || category == ScalarCategory.newline
    }

    /// `\w` of Unicode Technical Standard #18, in the Unicode version of the reference.
    private func isWordScalar(_ scalar: Unicode.Scalar) -> Bool {
        guard ScalarTable.isAssigned(scalar, in: ScalarTable.categoryVersion) else { return false }
        let properties = scalar.properties
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return properties.isAlphabetic || properties.isJoinControl
        }
    }

    private static func key(_ node: Int, _ byte: UInt8) -> UInt64 {
        UInt64(node) << 8 | UInt64(byte)
    }
}
