import Foundation
import Testing
import Tokenization

@Suite struct EncodingTests {
    @Test func idsEqualTheReference() throws {
        var tokenizers: [String: Tokenizer] = [:]
        for line in try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self) {
            let tokenizer = try tokenizers[line.tokenizer] ?? Fixtures.tokenizer(line.tokenizer)
            tokenizers[line.tokenizer] = tokenizer
            #expect(tokenizer.encode(line.text) == line.ids, "\(line.tokenizer): \(line.text.debugDescription)")
        }
        #expect(tokenizers.count == 2)
    }

    @Test func textThatSpellsSpecialTokensStaysTextWhenAsked() throws {
        var tokenizers: [String: Tokenizer] = [:]
        var differing = 0
        for line in try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self) {
            let tokenizer = try tokenizers[line.tokenizer] ?? Fixtures.tokenizer(line.tokenizer)
            tokenizers[line.tokenizer] = tokenizer
            let ids = tokenizer.encode(line.text, parsesSpecialTokens: false)
            #expect(ids == line.literalIDs, "\(line.tokenizer): \(line.text.debugDescription)")
            #expect(!ids.contains(where: tokenizer.isSpecial))
            if line.ids != line.literalIDs { differing += 1 }
        }
        #expect(differing > 0)
    }

    @Test func mergesAsLinesGiveTheSameIDsAsMergesAsPairs() throws {
        let lines = try Fixtures.tokenizer("tokenizer-lines.json")
        for line in try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self)
        where line.tokenizer == "tokenizer.json" {
            #expect(lines.encode(line.text) == line.ids, "\(line.text.debugDescription)")
        }
    }

    @Test func decodingGivesBackTheNormalizedText() throws {
        let tokenizer = try Fixtures.tokenizer()
        // The long solidus joins ">" to "≯", but not the ">" of an added token, which is cut out before.
        for line in try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self)
        where !line.text.unicodeScalars.contains("\u{338}") {
            let decoded = tokenizer.decode(tokenizer.encode(line.text, parsesSpecialTokens: false))
            #expect(sameScalars(decoded, CanonicalComposer().normalized(line.text)), "\(line.text.debugDescription)")
        }
    }

    @Test func wordsMetBeforeGetTheSameIDs() throws {
        let lines = try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self)
            .filter { $0.tokenizer == "tokenizer.json" }
        let tokenizer = try Fixtures.tokenizer()
        for _ in 0..<2 {
            for line in lines.reversed() { #expect(tokenizer.encode(line.text) == line.ids) }
        }
    }

    @Test func moreWordsThanTheCacheHoldsChangeNothing() throws {
        let tokenizer = try Fixtures.tokenizer()
        let once = (0..<40_000).map { number in
            String(number, radix: 36).map { $0.isNumber ? "q\($0.wholeNumberValue ?? 0 > 4 ? "x" : "y")" : String($0) }
                .joined()
        }
        let first = once.map { tokenizer.encode($0) }
        let text = once.joined(separator: "\n")
        let ids = tokenizer.encode(text)
        #expect(tokenizer.decode(ids) == text)
        #expect(once.map { tokenizer.encode($0) } == first)
    }

    @Test func oneTokenizerServesManyTasksAtOnce() async throws {
        let lines = try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self)
            .filter { $0.tokenizer == "tokenizer.json" }
        let tokenizer = try Fixtures.tokenizer()
        let mismatches = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { lines.count { tokenizer.encode($0.text) != $0.ids } }
            }
            return await group.reduce(0, +)
        }
        #expect(mismatches == 0)
    }

    @Test func veryLongWordsEncodeToTheTokensTheyAreMadeOf() throws {
        let tokenizer = try Fixtures.tokenizer("tokenizer-flags.json")
        let a = try #require(tokenizer.id(of: "a"))
        #expect(tokenizer.encode(String(repeating: "a", count: 200_000)) == Array(repeating: a, count: 200_000))
        let two = try #require(tokenizer.id(of: "ĠĠ"))
        let spaces = String(repeating: " ", count: 100_000)
        #expect(tokenizer.encode(spaces, parsesSpecialTokens: false) == Array(repeating: two, count: 50_000))
    }
}
