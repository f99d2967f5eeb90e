import Foundation
import Testing
import Tokenization

/// Guards the tables that come from the standard library: a newer Swift brings a newer Unicode, the ids must not follow.
@Suite struct UnicodeTests {
    @Test func wordsEqualTheReference() throws {
        let scanner = WordScanner()
        for line in try Fixtures.lines("words.jsonl", as: Fixtures.Words.self) {
            let words = Array(line.text.utf8).withUnsafeBufferPointer { bytes in
                var words: [String] = []
                var start = 0
                while start < bytes.count {
                    let end = scanner.endOfWord(in: bytes, from: start)
                    words.append(String(decoding: bytes[start..<end], as: UTF8.self))
                    start = end
                }
                return words
            }
            #expect(words.map { Array($0.utf8) } == line.words.map { Array($0.utf8) }, "\(line.text.debugDescription)")
        }
    }

    @Test func everyScalarHasTheCategoryOfTheReference() throws {
        let data = try Fixtures.unicodeData()
        var expected = [UInt8](repeating: ScalarCategory.other, count: 0x110000)
        for (ranges, category) in [
            (data.letters, ScalarCategory.letter), (data.numbers, ScalarCategory.number),
            (data.spaces, ScalarCategory.space),
        ] {
            for place in stride(from: 0, to: ranges.count, by: 2) {
                for scalar in ranges[place]...ranges[place + 1] { expected[Int(scalar)] = category }
            }
        }
        expected[0x0A] = ScalarCategory.newline
        expected[0x0D] = ScalarCategory.newline
        let found = (0..<UInt32(0x110000)).map { ScalarTable.shared[$0].category }
        let different = expected.indices.filter { expected[$0] != found[$0] }
        #expect(different.isEmpty, "first: U+\(String(different.first ?? 0, radix: 16))")
    }

    @Test func everyScalarIsNormalizedAsInTheReference() throws {
        let digests = try Fixtures.unicodeData().normalization
        let composer = CanonicalComposer()
        var checked = 0
        for block in stride(from: UInt32(0), to: 0x110000, by: 256) {
            let name = String(block, radix: 16)
            let scalars = (block..<block + 256).compactMap(Unicode.Scalar.init)
            if let digest = digests[name] {
                let normalized = composer.normalized(scalars.map(Self.probe).joined(separator: "\n"))
                #expect(String(format: "%016lx", Self.digest(normalized)) == digest, "block U+\(name)")
                checked += 1
            } else {
                let unsettled = scalars.filter { !ScalarTable.shared[$0.value].isBoundary }
                #expect(unsettled.isEmpty, "block U+\(name)")
            }
        }
        #expect(checked == digests.count && checked > 50)
    }

    /// The text of make_fixtures.py's `probe`.
    private static func probe(_ scalar: Unicode.Scalar) -> String {
        "\(scalar)\u{315}\(scalar)\u{334} \(scalar)\u{301}\u{316}\(scalar)\u{338} "
            + "a\(scalar)e\u{323}\(scalar)\u{302}"
    }

    /// FNV-1a, 64 bit.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
