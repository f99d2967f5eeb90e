import Testing
import Tokenization

/// Texts that end an answer, however its bytes are cut into tokens.
@Suite struct TextCutterTests {
    private func cut(_ pieces: [[UInt8]], stops: [String]) -> (text: String, pieces: [String], isStopped: Bool) {
        var cutter = TextCutter(stops: stops)
        var released = pieces.map { cutter.append($0) }
        released.append(cutter.finish())
        return (
            String(decoding: released.flatMap { $0 }, as: UTF8.self),
            released.map { String(decoding: $0, as: UTF8.self) }, cutter.isStopped
        )
    }

    /// All ways to cut bytes into pieces, for up to 12 bytes.
    private func partitions(_ bytes: [UInt8]) -> [[[UInt8]]] {
        (0..<1 << (bytes.count - 1)).map { mask in
            var pieces: [[UInt8]] = [[]]
            for (index, byte) in bytes.enumerated() {
                pieces[pieces.count - 1].append(byte)
                if mask >> index & 1 == 1 { pieces.append([]) }
            }
            return pieces
        }
    }

    @Test(arguments: [
        ("one two", ["two"], "one "), ("one two", ["w"], "one t"), ("aabaab!", ["aab"], ""),
        ("abababc", ["ababc"], "ab"), ("xabcd", ["abcd", "bc"], "xa"), ("xabcd", ["abc", "bc"], "x"),
        ("é€😀.", ["😀"], "é€"), ("é€😀.", ["€"], "é"), ("no stop", ["stopp", "x"], "no stop"),
        ("<|end", ["<|end|>"], "<|end"), ("tell", ["lll", "ell!"], "tell"), ("abc", [""], "abc"), ("END", ["END"], ""),
        ("one\ntwo\n\n", ["\n\n"], "one\ntwo"), ("xabcdef", ["abcdef", "cd"], "xab"), ("èxé", ["é"], "èx"),
        ("a😀?😀!", ["😀!"], "a😀?"),
    ])
    func bordersOfTokensChangeNothing(text: String, stops: [String], expected: String) {
        let wrong = partitions(Array(text.utf8)).filter { pieces in
            let result = cut(pieces, stops: stops)
            return result.text != expected || result.isStopped != (expected != text)
                || result.pieces.contains { $0.contains("\u{FFFD}") }
        }
        #expect(wrong.isEmpty, "\(wrong.count) ways to cut it, such as \(wrong.first ?? [])")
    }

    @Test func textIsReleasedAsSoonAsNoStopCanBeginInIt() {
        var cutter = TextCutter(stops: ["END", "é!"])
        #expect(cutter.append(Array("some E".utf8)) == Array("some ".utf8))
        #expect(cutter.append(Array("N".utf8)) == [])
        #expect(cutter.append(Array("d é".utf8)) == Array("ENd ".utf8))
        #expect(cutter.append(Array("?".utf8)) == Array("é?".utf8))
        #expect(cutter.finish() == [])
    }

    @Test func nothingFollowsAStop() {
        var cutter = TextCutter(stops: ["."])
        #expect(cutter.append(Array("a.b".utf8)) == Array("a".utf8))
        #expect(cutter.isStopped)
        #expect(cutter.append(Array("c".utf8)) == [])
        #expect(cutter.finish() == [])
    }

    @Test func bytesThatAreNoTextAreNotHeldForEver() {
        var cutter = TextCutter(stops: [])
        #expect(cutter.append([0xFF, 0x41]) == [0xFF, 0x41])
        #expect(cutter.append([0xE2, 0x82]) == [])
        #expect(cutter.finish() == [0xE2, 0x82])
    }
}
