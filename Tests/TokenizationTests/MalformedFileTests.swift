import Foundation
import Testing
import Tokenization

/// Files that cannot be used are refused with one sentence that names the file and the place in it.
@Suite struct MalformedFileTests {
    @Test func missingFile() {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("no-such-folder/tokenizer.json")
        let error = TokenizerError.unreadable(file: url.path, reason: "No such file or directory")
        #expect(throws: error) { try Tokenizer(contentsOf: url) }
    }

    @Test func folderInsteadOfFile() {
        let url = FileManager.default.temporaryDirectory
        let error = TokenizerError.unreadable(file: url.path, reason: "Is a directory")
        #expect(throws: error) { try Tokenizer(contentsOf: url) }
    }

    @Test(arguments: ["", "{", "Not JSON", "{\"model\": {\"vocab\": }}"])
    func notJSON(content: String) throws {
        try withFile(Data(content.utf8)) { url in
            #expect {
                try Tokenizer(contentsOf: url)
            } throws: { error in
                guard case TokenizerError.notJSON(url.path, _) = error else { return false }
                return error.localizedDescription.hasPrefix("\(url.path) is not valid JSON (")
            }
        }
    }

    @Test(arguments: ["model", "model.vocab", "model.merges", "added_tokens[3].special", "normalizer.type"])
    func missingKey(key: String) throws {
        try expectError(removing: key) { .missingKey(file: $0, key: key) }
    }

    @Test(arguments: [
        ("model.vocab", "[]"), ("model.vocab.a", "\"1\""), ("model.merges", "{}"), ("added_tokens[2].id", "\"x\""),
        ("added_tokens", "{}"), ("model", "7"),
    ])
    func wrongKind(key: String, value: String) throws {
        try withFile(changing: key, to: value) { url in
            #expect {
                try Tokenizer(contentsOf: url)
            } throws: { error in
                guard case TokenizerError.malformed(url.path, let found, _) = error else { return false }
                return error.localizedDescription.hasPrefix("\(url.path): \(found) has a value of the wrong kind (")
                    && found.hasPrefix(key)
            }
        }
    }

    @Test(arguments: ["1.5", "99999999999999999999"])
    func idThatIsNoWholeNumber(id: String) throws {
        let whole = try String(
            decoding: Data(contentsOf: Fixtures.directory.appendingPathComponent("tokenizer-flags.json")), as: UTF8.self
        )
        let content = whole.replacingOccurrences(of: "\"abc\":258", with: "\"abc\":\(id)")
        #expect(content != whole)
        try withFile(Data(content.utf8)) { url in
            let reason = "a number that is not a whole number, or too large"
            #expect(throws: TokenizerError.malformed(file: url.path, key: "an id", reason: reason)) {
                try Tokenizer(contentsOf: url)
            }
        }
    }

    /// A key, the value put there, what the message says was found, and what it says is supported.
    @Test(arguments: [
        ("version", "\"2.0\"", "2.0", "1.0"),
        ("truncation", "{\"max_length\":8}", "a setting", "null"),
        ("padding", "{\"strategy\":\"BatchLongest\"}", "a setting", "null"),
        ("normalizer", "{\"type\":\"NFKC\"}", "NFKC", "NFC or null"),
        ("normalizer", "{\"type\":\"Sequence\",\"normalizers\":[]}", "Sequence", "NFC or null"),
        ("pre_tokenizer", "null", "null", "Sequence[Split, ByteLevel]"),
        ("pre_tokenizer", "{\"type\":\"ByteLevel\"}", "ByteLevel", "Sequence[Split, ByteLevel]"),
        (
            "pre_tokenizer.pretokenizers", "[{\"type\":\"Digits\"},{\"type\":\"ByteLevel\"}]",
            "Sequence[Digits, ByteLevel]", "Sequence[Split, ByteLevel]"
        ),
        ("pre_tokenizer.pretokenizers[0].pattern", "{\"Regex\":\"\\\\s+\"}", "\\s+", WordScanner.pattern),
        ("pre_tokenizer.pretokenizers[0].pattern", "{\"String\":\" \"}", "no regular expression", WordScanner.pattern),
        ("pre_tokenizer.pretokenizers[0].behavior", "\"Removed\"", "Removed", "Isolated"),
        ("pre_tokenizer.pretokenizers[0].invert", "true", "true", "false"),
        ("pre_tokenizer.pretokenizers[1].add_prefix_space", "true", "true", "false"),
        ("pre_tokenizer.pretokenizers[1].use_regex", "true", "true", "false"),
        ("post_processor", "{\"type\":\"TemplateProcessing\"}", "TemplateProcessing", "ByteLevel or null"),
        ("decoder", "null", "null", "ByteLevel"),
        ("decoder", "{\"type\":\"Metaspace\"}", "Metaspace", "ByteLevel"),
        ("model.type", "\"WordPiece\"", "WordPiece", "BPE"),
        ("model.dropout", "0.1", "0.1", "null"),
        ("model.unk_token", "\"a\"", "a", "null"),
        ("model.continuing_subword_prefix", "\"##\"", "##", "null or empty"),
        ("model.end_of_word_suffix", "\"</w>\"", "</w>", "null or empty"),
        ("model.byte_fallback", "true", "true", "false"),
        ("model.ignore_merges", "true", "true", "false"),
    ])
    func unsupportedSetting(key: String, value: String, found: String, expected: String) throws {
        let named = key == "pre_tokenizer.pretokenizers" ? "pre_tokenizer" : key
        try expectError(changing: key, to: value) {
            .unsupported(file: $0, key: named, found: found, expected: expected)
        }
    }

    @Test func harmlessSettingsAreAccepted() throws {
        for (key, value) in [
            ("model.dropout", "0.0"), ("normalizer", "null"), ("truncation", "null"), ("model.unk_token", "null"),
            ("post_processor", "{\"type\":\"ByteLevel\",\"trim_offsets\":false}"), ("added_tokens", "[]"),
            ("unheard_of", "1"),
        ] {
            try withFile(changing: key, to: value) { url in
                let tokenizer = try Tokenizer(contentsOf: url)
                #expect(tokenizer.encode("a").count == 1, "\(key)")
            }
        }
    }

    @Test func withoutNormalizerDecomposedTextStaysDecomposed() throws {
        try withFile(changing: "normalizer", to: "null") { url in
            let tokenizer = try Tokenizer(contentsOf: url)
            let text = "e\u{301}"
            #expect(sameScalars(tokenizer.decode(tokenizer.encode(text)), text))
        }
    }

    @Test func twoTokensWithOneID() throws {
        let ids = try vocabularyIDs()
        try expectError(changing: "model.vocab.b", to: "\(ids["a"] ?? -1)") {
            .duplicateID(file: $0, id: ids["a"] ?? -1, tokens: ["a", "b"])
        }
    }

    @Test(arguments: [-1, 20_000_000])
    func idOutOfRange(id: Int) throws {
        try expectError(changing: "model.vocab.a", to: "\(id)") {
            .idOutOfRange(file: $0, token: "a", id: id, largest: 1 << 24)
        }
    }

    @Test(arguments: [
        ("[[\"a\",\"b\"],[\"a\"]]", 1, "a"), ("[\"a b\",\"b c\",\"a b c\"]", 2, "a b c"), ("[\"ab\"]", 0, "ab"),
    ])
    func mergeThatIsNotTwoTokens(merges: String, index: Int, found: String) throws {
        try expectError(file: "tokenizer-flags.json", changing: "model.merges", to: merges) {
            .malformedMerge(file: $0, index: index, found: found)
        }
    }

    @Test(arguments: [
        ("[[\"a\",\"b\"],[\"zz\",\"a\"]]", 1, "zz"), ("[\"a zz\"]", 0, "zz"), ("[\"a b\",\"c a\"]", 1, "ca"),
    ])
    func mergeThatNamesAnUnknownToken(merges: String, index: Int, token: String) throws {
        try expectError(file: "tokenizer-flags.json", changing: "model.merges", to: merges) {
            .unknownTokenInMerge(file: $0, index: index, token: token)
        }
    }

    @Test func vocabularyWithoutTheTokenOfAByte() throws {
        try expectError(file: "tokenizer-flags.json", removing: "model.vocab.Ġ") {
            .missingByteToken(file: $0, byte: 32, token: "Ġ")
        }
    }

    @Test func addedTokensMustBeNumberedOnFromTheVocabulary() throws {
        try expectError(changing: "added_tokens[0].id", to: "1600") {
            .addedTokenID(file: $0, token: "<|endoftext|>", found: 1600, expected: 1500)
        }
        try expectError(changing: "added_tokens[0].content", to: "\"a\"") { [ids = try vocabularyIDs()] in
            .addedTokenID(file: $0, token: "a", found: 1500, expected: ids["a"] ?? -1)
        }
    }

    @Test func addedTokensMustHaveTextOfTheirOwn() throws {
        try expectError(changing: "added_tokens[0].content", to: "\"\"") { .emptyAddedToken(file: $0, id: 1500) }
        try expectError(changing: "added_tokens[1].content", to: "\"<|endoftext|>\"") {
            .repeatedAddedToken(file: $0, token: "<|endoftext|>")
        }
    }

    @Test func everyErrorIsOneSentenceThatBeginsWithTheFile() {
        let pattern = WordScanner.pattern
        let sentences: [(TokenizerError, String)] = [
            (
                .unreadable(file: "t.json", reason: "No such file or directory"),
                "t.json could not be read (No such file or directory); give the path of a model's tokenizer.json."
            ),
            (
                .notJSON(file: "t.json", reason: "line 1"),
                "t.json is not valid JSON (line 1); fetch the model's tokenizer.json again."
            ),
            (
                .malformed(file: "t.json", key: "model", reason: "a number"),
                "t.json: model has a value of the wrong kind (a number)."
            ),
            (
                .missingKey(file: "t.json", key: "model.vocab"),
                "t.json has no model.vocab, which a byte-pair tokenizer.json must have."
            ),
            (
                .unsupported(
                    file: "t.json", key: "pre_tokenizer.pretokenizers[0].pattern", found: "a+", expected: pattern),
                "t.json: pre_tokenizer.pretokenizers[0].pattern is a+, but only \(pattern) is supported; "
                    + "use the tokenizer of a Qwen2.5-VL model."
            ),
            (
                .duplicateID(file: "t.json", id: 7, tokens: ["a", "b"]),
                "t.json: the id 7 belongs to \"a\" and \"b\"; every token needs an id of its own."
            ),
            (
                .idOutOfRange(file: "t.json", token: "a", id: -1, largest: 9),
                "t.json: the id -1 of \"a\" is outside 0...9."
            ),
            (
                .malformedMerge(file: "t.json", index: 4, found: "a b c"),
                "t.json: model.merges[4] is \"a b c\", which is not two tokens."
            ),
            (
                .unknownTokenInMerge(file: "t.json", index: 4, token: "zz"),
                "t.json: model.merges[4] needs the token \"zz\", which model.vocab lacks."
            ),
            (
                .missingByteToken(file: "t.json", byte: 32, token: "Ġ"),
                "t.json: model.vocab lacks \"Ġ\", the token of the byte 32, so not every text can be encoded."
            ),
            (.emptyAddedToken(file: "t.json", id: 3), "t.json: the added token with the id 3 has no content."),
            (.repeatedAddedToken(file: "t.json", token: "a"), "t.json: the added token \"a\" is listed twice."),
            (
                .addedTokenID(file: "t.json", token: "a", found: 1, expected: 2),
                "t.json: the added token \"a\" has the id 1, but the vocabulary gives it 2; "
                    + "number added tokens as model.vocab does, and new ones from its size on."
            ),
        ]
        for (error, sentence) in sentences { #expect(error.localizedDescription == sentence) }
    }
}
