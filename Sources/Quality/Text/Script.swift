/// Scripts of Unicode, as far as languages are told apart by them.
enum Script: Sendable, Hashable {
    case latin, greek, cyrillic, arabic, hebrew, devanagari, thai, hangul, han, kana, other

    init(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x0041...0x024F, 0x1E00...0x1EFF, 0xFB00...0xFB06, 0xFF21...0xFF5A: self = .latin
        case 0x0370...0x03FF, 0x1F00...0x1FFF: self = .greek
        case 0x0400...0x052F: self = .cyrillic
        case 0x0590...0x05FF: self = .hebrew
        case 0x0600...0x06FF, 0x0750...0x077F, 0xFB50...0xFDFF, 0xFE70...0xFEFF: self = .arabic
        case 0x0900...0x097F: self = .devanagari
        case 0x0E00...0x0E7F: self = .thai
        case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: self = .hangul
        case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: self = .kana
        case 0x2E80...0x2FDF, 0x3005...0x3007, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF:
            self = .han
        default: self = .other
        }
    }

    /// Whether a character stands for a word or a syllable in a script without spaces.
    static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.value >= 0x2E80 else { return false }
        let script = Script(scalar)
        return script == .han || script == .kana
    }
}
