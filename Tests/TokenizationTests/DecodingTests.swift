import Foundation
import Testing
import Tokenization

@Suite struct DecodingTests {
    @Test func textEqualsTheReferenceAlsoWhereBytesAreNotUTF8() throws {
        let tokenizer = try Fixtures.tokenizer()
        var replaced = 0
        for line in try Fixtures.lines("decode.jsonl", as: Fixtures.Decoding.self) {
            #expect(sameScalars(tokenizer.decode(line.ids), line.text), "\(line.ids)")
            #expect(
                sameScalars(tokenizer.decode(line.ids, skipsSpecialTokens: true), line.textWithoutSpecial),
                "\(line.ids)")
            if line.text.unicodeScalars.contains("\u{FFFD}") { replaced += 1 }
        }
        #expect(replaced > 100)
    }

    @Test(arguments: [false, true])
    func streamedTextEqualsDecodedText(skipsSpecialTokens: Bool) throws {
        let tokenizer = try Fixtures.tokenizer()
        let decodings = try Fixtures.lines("decode.jsonl", as: Fixtures.Decoding.self).map(\.ids)
        let encodings = try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self)
            .filter { $0.tokenizer == "tokenizer.json" }.map(\.ids)
        for ids in decodings + encodings {
            var decoder = StreamDecoder(tokenizer, skipsSpecialTokens: skipsSpecialTokens)
            let streamed = ids.map { decoder.append($0) }.joined() + decoder.finish()
            let whole = tokenizer.decode(ids, skipsSpecialTokens: skipsSpecialTokens)
            #expect(sameScalars(streamed, whole), "\(ids)")
        }
    }

    @Test func streamedTextBeforeAnyCutIsTheDecodedTextWithoutTheUnfinishedCharacter() throws {
        let tokenizer = try Fixtures.tokenizer()
        let ids = tokenizer.encode("é 中 😀 👩‍👩‍👧‍👦 ok", parsesSpecialTokens: false)
        var decoder = StreamDecoder(tokenizer)
        var streamed = ""
        for count in 1...ids.count {
            streamed += decoder.append(ids[count - 1])
            let whole = tokenizer.decode(Array(ids.prefix(count)))
            let certain = String(whole.unicodeScalars.prefix { $0 != "\u{FFFD}" })
            #expect(sameScalars(streamed, certain))
        }
        #expect(decoder.finish().isEmpty)
    }

    @Test func aCharacterSpreadOverTokensAppearsWithItsLastByte() throws {
        let tokenizer = try Fixtures.tokenizer("tokenizer-flags.json")
        let ids = tokenizer.encode("😀a")
        #expect(ids.count == 5)
        var decoder = StreamDecoder(tokenizer)
        #expect(ids.map { decoder.append($0) } == ["", "", "", "😀", "a"])
        #expect(decoder.finish() == "")
    }

    @Test func aStreamThatEndsInsideACharacterFinishesWithOneReplacementCharacter() throws {
        let tokenizer = try Fixtures.tokenizer("tokenizer-flags.json")
        let ids = tokenizer.encode("😀")
        var decoder = StreamDecoder(tokenizer)
        for id in ids.dropLast() { #expect(decoder.append(id) == "") }
        #expect(decoder.finish() == "\u{FFFD}")
        #expect(decoder.finish() == "")
    }

    @Test func bytesThatCannotBecomeACharacterAreNotHeldBack() throws {
        let tokenizer = try Fixtures.tokenizer("tokenizer-flags.json")
        // Byte-level letters of 0xE0 and 0x80: no character begins so.
        let ids = try ["à", "Ģ"].map { try #require(tokenizer.id(of: $0)) }
        var decoder = StreamDecoder(tokenizer)
        #expect(ids.map { decoder.append($0) } == ["", "\u{FFFD}\u{FFFD}"])
    }

    @Test func tokensAndIDsFindEachOther() throws {
        let tokenizer = try Fixtures.tokenizer()
        #expect(tokenizer.vocabularySize == 1522)
        for id in 0..<tokenizer.vocabularySize {
            let token = try #require(tokenizer.token(for: id))
            #expect(tokenizer.id(of: token) == id)
        }
        #expect(tokenizer.token(for: 1522) == nil)
        #expect(tokenizer.token(for: -1) == nil)
        #expect(tokenizer.id(of: "<|image_pad|>") == 1512)
        #expect(tokenizer.id(of: "Ġthe") != nil)
        #expect(tokenizer.id(of: " the") == nil)
        #expect(tokenizer.isSpecial(1512))
        #expect(tokenizer.id(of: "<tool_call>").map(tokenizer.isSpecial) == false)
        #expect(!tokenizer.isSpecial(5_000))
    }

    @Test func bytesOfTokensAddUpToTheText() throws {
        let tokenizer = try Fixtures.tokenizer()
        for line in try Fixtures.lines("encode.jsonl", as: Fixtures.Encoding.self)
        where line.tokenizer == "tokenizer.json" {
            let bytes = line.ids.flatMap { tokenizer.bytes(of: $0) }
            #expect(bytes == Array(tokenizer.decode(line.ids).utf8))
        }
        #expect(Array(tokenizer.bytes(of: 1512)) == Array("<|image_pad|>".utf8))
        #expect(tokenizer.bytes(of: 1522).isEmpty)
        #expect(tokenizer.bytes(of: -1).isEmpty)
    }

    @Test func aTokenMayBePartOfACharacter() throws {
        let tokenizer = try Fixtures.tokenizer("tokenizer-flags.json")
        #expect(tokenizer.encode("😀").map { Array(tokenizer.bytes(of: $0)) } == [[0xF0], [0x9F], [0x98], [0x80]])
    }
}
