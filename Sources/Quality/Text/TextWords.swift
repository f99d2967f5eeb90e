/// A text as words and marks, read once from its beginning to its end.
///
/// The bytes of UTF-8 are read, so that a combining mark cannot hide what it stands on, and the time is linear in the
/// length whatever the text is.
struct TextWords: Sendable {
    /// A word, a number, a mark or the end of a line.
    struct Token: Sendable {
        enum Kind: Sendable, Equatable {
            /// Letters, with digits, apostrophes and hyphens between them.
            case word
            /// Digits, with points and commas between them.
            case number
            /// One character of Chinese or Japanese, which are written without spaces.
            case ideograph
            /// Any other visible character.
            case mark
            /// The end of a line.
            case newline
        }

        /// In small letters, `'` for every apostrophe, without hyphens; the first 64 scalars of what is longer.
        var text: String
        /// Where it stands in the bytes.
        var range: Range<Int>
        var kind: Kind
        /// Whether it is written in capitals only, as names of points are.
        var isCapitals = false

        var isWord: Bool { kind == .word || kind == .number || kind == .ideograph }
    }

    let bytes: [UInt8]
    private(set) var tokens: [Token] = []

    init(_ text: String) {
        bytes = Array(text.utf8)
        tokens.reserveCapacity(bytes.count / 5)
        read()
    }

    /// The words and numbers, without marks.
    var words: [String] { tokens.lazy.filter(\.isWord).map(\.text) }

    /// What is written in a range of tokens, white space made single, cut to a length that can be read.
    func excerpt(_ range: Range<Int>, limit: Int = 160) -> String {
        guard let first = tokens[range].first, let last = tokens[range].last else { return "" }
        return Excerpt.of(bytes[first.range.lowerBound..<last.range.upperBound], limit: limit)
    }

    // MARK: Reading

    private enum Class { case letter, digit, ideograph, space, newline, mark }

    private mutating func read() {
        var place = 0
        while place < bytes.count {
            let (scalar, length) = scalar(at: place)
            switch Self.kind(scalar) {
            case .space: place += length
            case .newline:
                tokens.append(Token(text: "\n", range: place..<place + length, kind: .newline))
                place += length
            case .ideograph:
                tokens.append(
                    Token(text: String(Character(scalar)), range: place..<place + length, kind: .ideograph))
                place += length
            case .mark:
                let text = Self.isApostrophe(scalar) ? "'" : String(Character(scalar))
                tokens.append(Token(text: text, range: place..<place + length, kind: .mark))
                place += length
            case .letter, .digit: place = readWord(from: place)
            }
        }
    }

    /// What is longer is no word of any language, and comparing it would take long.
    private static let longestWord = 64

    /// Appends the word that begins at a place.
    /// - Returns: the place behind it.
    private mutating func readWord(from start: Int) -> Int {
        var (place, text, length) = (start, [UInt8](), 0)
        var (hasLetter, hasSmall, hasCapital) = (false, false, false)
        func append(_ scalar: Unicode.Scalar) {
            length += 1
            guard length <= Self.longestWord else { return }
            if scalar.isASCII { text.append(UInt8(scalar.value)) } else { text += Array(String(scalar).utf8) }
        }
        while place < bytes.count {
            let (scalar, width) = scalar(at: place)
            let kind = Self.kind(scalar)
            if kind == .letter || kind == .digit {
                if kind == .letter { hasLetter = true }
                if scalar.isASCII {
                    let isCapital = (0x41...0x5A).contains(scalar.value)
                    if isCapital { hasCapital = true } else if kind == .letter { hasSmall = true }
                    append(isCapital ? Unicode.Scalar(UInt8(scalar.value + 32)) : scalar)
                } else {
                    if scalar.properties.isUppercase { hasCapital = true } else { hasSmall = true }
                    scalar.properties.lowercaseMapping.unicodeScalars.forEach(append)
                }
                place += width
                continue
            }
            // A mark within a word belongs to it only if a letter or a digit follows.
            guard place + width < bytes.count else { break }
            let next = Self.kind(self.scalar(at: place + width).0)
            if Self.isApostrophe(scalar), hasLetter, next == .letter {
                append("'")
            } else if Self.isHyphen(scalar), hasLetter, next == .letter {
                // Left out: `re-examine` is `reexamine`.
            } else if scalar == "." || scalar == ",", !hasLetter, next == .digit {
                append(scalar)
            } else {
                break
            }
            place += width
        }
        tokens.append(
            Token(
                text: String(decoding: text, as: UTF8.self), range: start..<place, kind: hasLetter ? .word : .number,
                isCapitals: hasCapital && !hasSmall))
        return place
    }

    /// The scalar at a place; the bytes are those of a `String`, hence whole.
    private func scalar(at place: Int) -> (Unicode.Scalar, Int) {
        let first = bytes[place]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
        var value = UInt32(first) & (0x7F >> UInt32(length))
        for next in bytes[(place + 1)..<min(place + length, bytes.count)] { value = value << 6 | UInt32(next & 0x3F) }
        return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
    }

    private static func kind(_ scalar: Unicode.Scalar) -> Class {
        if scalar.isASCII {
            switch scalar.value {
            case 0x41...0x5A, 0x61...0x7A: return .letter
            case 0x30...0x39: return .digit
            case 0x0A, 0x0D: return .newline
            case 0x00...0x20, 0x7F: return .space
            default: return .mark
            }
        }
        if Script.isIdeograph(scalar) { return .ideograph }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark:
            return .letter
        case .decimalNumber: return .digit
        case .spaceSeparator, .control, .format, .surrogate, .unassigned, .privateUse: return .space
        case .lineSeparator, .paragraphSeparator: return .newline
        default: return .mark
        }
    }

    private static func isApostrophe(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "'" || scalar == "\u{2019}" || scalar == "\u{2018}" || scalar == "\u{02BC}"
    }

    private static func isHyphen(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "-" || scalar == "\u{2010}" || scalar == "\u{2011}"
    }
}
