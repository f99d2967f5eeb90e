import Foundation

/// The canonical decompositions and compositions of Unicode 9, the version of the reference's normalizer.
///
/// They are asked of Foundation once, scalar by scalar; what was assigned in Unicode 9 never changes in later versions.
/// Hangul syllables are left out, arithmetic does them.
struct CanonicalMappings: Sendable {
    /// The one set of mappings.
    static let shared = CanonicalMappings()

    /// For each scalar that NFC or NFD changes, its full canonical decomposition.
    private let decompositions: [UInt32: [UInt32]]
    /// For each pair of scalars (first in the upper half) the scalar that they compose to.
    private let compositions: [UInt64: UInt32]
    /// The scalars that NFC replaces wherever they stand.
    private let replaced: Set<UInt32>
    /// The scalars that may compose with the one before them.
    private let joining: Set<UInt32>

    /// The canonical combining class of a scalar, 0 if it was unassigned in Unicode 9.
    static func combiningClass(of scalar: Unicode.Scalar) -> UInt8 {
        let combiningClass = scalar.properties.canonicalCombiningClass.rawValue
        guard combiningClass != 0 else { return 0 }
        return ScalarTable.isAssigned(scalar, in: ScalarTable.normalizationVersion) ? combiningClass : 0
    }

    /// True if NFC replaces the scalar or may join it to the one before it.
    func mayChange(_ scalar: Unicode.Scalar) -> Bool {
        replaced.contains(scalar.value) || joining.contains(scalar.value)
            || Hangul.vowels.contains(scalar.value) || Hangul.finals.contains(scalar.value)
    }

    /// The full canonical decomposition of a scalar, `nil` if that is the scalar itself.
    func decomposition(of scalar: UInt32) -> [UInt32]? {
        Hangul.decomposition(of: scalar) ?? decompositions[scalar]
    }

    /// The scalar that two scalars compose to, `nil` if they do not.
    func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
        Hangul.composition(of: first, second) ?? compositions[UInt64(first) << 32 | UInt64(second)]
    }

    private init() {
        var decompositions: [UInt32: [UInt32]] = [:]
        var replaced: Set<UInt32> = []
        for value in Self.candidates.joined() {
            guard let scalar = Unicode.Scalar(value),
                ScalarTable.isAssigned(scalar, in: ScalarTable.normalizationVersion)
            else { continue }
            let decomposition = String(scalar).decomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
            guard decomposition != [value] else { continue }
            decompositions[value] = decomposition
            let composed = String(scalar).precomposedStringWithCanonicalMapping.unicodeScalars.map(\.value)
            if composed != [value] { replaced.insert(value) }
        }
        self.decompositions = decompositions
        self.replaced = replaced
        compositions = Self.compositions(inverting: decompositions.filter { !replaced.contains($0.key) })
        joining = Set(compositions.keys.map { UInt32(truncatingIfNeeded: $0) })
    }

    /// The pair that makes each composite: its last mark, and what the marks before it make.
    private static func compositions(inverting decompositions: [UInt32: [UInt32]]) -> [UInt64: UInt32] {
        let composites = Dictionary(uniqueKeysWithValues: decompositions.map { ($0.value, $0.key) })
        var compositions: [UInt64: UInt32] = [:]
        for (decomposition, composite) in composites {
            guard let last = decomposition.last else { continue }
            let rest = Array(decomposition.dropLast())
            guard let first = rest.count == 1 ? rest.first : composites[rest] else { continue }
            compositions[UInt64(first) << 32 | UInt64(last)] = composite
        }
        return compositions
    }

    /// Where the scalars with a decomposition lie; being complete for Unicode 9, the list cannot grow.
    private static let candidates: [ClosedRange<UInt32>] = [
        0x00C0...0x0233, 0x0340...0x0344, 0x0374...0x04F9, 0x0622...0x06D3, 0x0929...0x0DDE, 0x0F43...0x0FB9,
        0x1026...0x1026, 0x1B06...0x1B43, 0x1E00...0x2001, 0x2126...0x22ED, 0x2329...0x232A, 0x2ADC...0x2ADC,
        0x304C...0x30FE, 0xF900...0xFB4E, 0x1109A...0x115BB, 0x1D15E...0x1D1C0, 0x2F800...0x2FA1D,
    ]
}

/// The arithmetic of Hangul syllables (The Unicode Standard, section 3.12).
enum Hangul {
    /// The conjoining vowels.
    static let vowels: Range<UInt32> = 0x1161..<0x1161 + 21
    /// The conjoining final consonants.
    static let finals: Range<UInt32> = 0x11A8..<0x11A8 + 27
    private static let initials: Range<UInt32> = 0x1100..<0x1100 + 19
    private static let syllables: Range<UInt32> = 0xAC00..<0xAC00 + 19 * 21 * 28

    /// The two or three letters of a syllable, `nil` if the scalar is none.
    static func decomposition(of scalar: UInt32) -> [UInt32]? {
        guard syllables.contains(scalar) else { return nil }
        let index = scalar - syllables.lowerBound
        let initial = initials.lowerBound + index / (21 * 28)
        let vowel = vowels.lowerBound + index % (21 * 28) / 28
        return index % 28 == 0 ? [initial, vowel] : [initial, vowel, finals.lowerBound + index % 28 - 1]
    }

    /// The syllable of an initial and a vowel, or of a syllable without final and a final; `nil` for all else.
    static func composition(of first: UInt32, _ second: UInt32) -> UInt32? {
        if initials.contains(first) && vowels.contains(second) {
            let pair = (first - initials.lowerBound) * 21 + second - vowels.lowerBound
            return syllables.lowerBound + pair * 28
        }
        if syllables.contains(first) && (first - syllables.lowerBound) % 28 == 0 && finals.contains(second) {
            return first + second - finals.lowerBound + 1
        }
        return nil
    }
}
