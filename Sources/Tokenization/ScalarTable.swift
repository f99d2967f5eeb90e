import Foundation

/// What the pre-tokenizer's pattern distinguishes in a Unicode scalar.
package enum ScalarCategory {
    /// All that the others are not: punctuation, symbols, combining marks, unassigned scalars.
    package static let other: UInt8 = 0
    /// `\p{L}`.
    package static let letter: UInt8 = 1
    /// `\p{N}`.
    package static let number: UInt8 = 2
    /// `\s` without the next.
    package static let space: UInt8 = 3
    /// `\r` or `\n`.
    package static let newline: UInt8 = 4
}

/// The properties of a Unicode scalar that the tokenizer asks for, in one number.
package struct ScalarProperties: Sendable {
    /// Bits 0–2: category; bit 3: changed by NFC; bits 8–15: canonical combining class.
    let rawValue: UInt16

    /// One of ``ScalarCategory``.
    @inline(__always)
    package var category: UInt8 { UInt8(truncatingIfNeeded: rawValue & 0b111) }

    /// The canonical combining class, 0 for a starter.
    @inline(__always)
    var combiningClass: UInt8 { UInt8(truncatingIfNeeded: rawValue >> 8) }

    /// True if NFC replaces the scalar, or may join it to the one before it (`NFC_QC` is not `Yes`).
    @inline(__always)
    var mayChange: Bool { rawValue & 0b1000 != 0 }

    /// True if text can be cut before the scalar without changing the NFC of either part.
    @inline(__always)
    package var isBoundary: Bool { rawValue & 0xFF08 == 0 }
}

/// Properties by scalar, built once per process from the standard library's Unicode data.
///
/// The ids must be those of the reference (`tokenizers` 0.23), whose two libraries lag behind Swift: its regular
/// expressions (Oniguruma) know Unicode 16, its normalizer (`unicode-normalization-alignments`) Unicode 9. A scalar
/// that was unassigned in those versions is therefore left without category, or without combining class and
/// decomposition, here too; what was assigned then is guaranteed not to change in the normalizer's part.
package struct ScalarTable: Sendable {
    /// The one table.
    package static let shared = ScalarTable()

    /// The newest Unicode version whose letters and numbers count as such.
    static let categoryVersion = 16
    /// The newest Unicode version whose scalars are normalized.
    static let normalizationVersion = 9

    /// Beyond are marks and private use only: nothing with a category, a combining class or a decomposition.
    private static let end: UInt32 = 0x4_0000

    /// Where in `properties` each block of 256 scalars starts.
    private let blockStarts: [UInt32]
    private let properties: [UInt16]

    /// The properties of a scalar value.
    @inline(__always)
    package subscript(scalar: UInt32) -> ScalarProperties {
        ScalarProperties(
            rawValue: properties[Int(blockStarts[Int(scalar >> 8)]) + Int(scalar & 0xFF)])
    }

    private init() {
        var blockStarts: [UInt32] = []
        var properties: [UInt16] = []
        var startByBlock: [[UInt16]: UInt32] = [:]
        for blockStart in stride(from: UInt32(0), to: Self.end, by: 256) {
            let block = (blockStart..<blockStart + 256).map(Self.rawProperties(of:))
            let start = startByBlock[block] ?? UInt32(properties.count)
            if start == properties.count {
                properties += block
                startByBlock[block] = start
            }
            blockStarts.append(start)
        }
        let plain = [UInt16](repeating: 0, count: 256)
        let plainStart = startByBlock[plain] ?? UInt32(properties.count)
        if plainStart == properties.count { properties += plain }
        while blockStarts.count < 0x1100 { blockStarts.append(plainStart) }
        self.blockStarts = blockStarts
        self.properties = properties
    }

    private static func rawProperties(of value: UInt32) -> UInt16 {
        guard let scalar = Unicode.Scalar(value) else { return 0 }
        let category = category(of: scalar)
        let combiningClass = CanonicalMappings.combiningClass(of: scalar)
        let mayChange = CanonicalMappings.shared.mayChange(scalar)
        return UInt16(category) | (mayChange ? 0b1000 : 0) | UInt16(combiningClass) << 8
    }

    private static func category(of scalar: Unicode.Scalar) -> UInt8 {
        if scalar == "\r" || scalar == "\n" { return ScalarCategory.newline }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter:
            return isAssigned(scalar, in: categoryVersion) ? ScalarCategory.letter : ScalarCategory.other
        case .decimalNumber, .letterNumber, .otherNumber:
            return isAssigned(scalar, in: categoryVersion) ? ScalarCategory.number : ScalarCategory.other
        default:
            return scalar.properties.isWhitespace ? ScalarCategory.space : ScalarCategory.other
        }
    }

    /// True if the scalar was assigned in a major version of Unicode or before.
    static func isAssigned(_ scalar: Unicode.Scalar, in version: Int) -> Bool {
        guard let age = scalar.properties.age else { return false }
        return age.major < version || (age.major == version && age.minor == 0)
    }
}
