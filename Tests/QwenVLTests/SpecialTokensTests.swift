import Foundation
import QwenVL
import Testing
import Tokenization
import Torch

/// Tokens added to a tokenizer, and rows for them.
@Suite struct SpecialTokensTests {
    private static let checkpoint = fixtures.deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Checkpoints/microworld")

    @Test func newTokensFollowTheLastAndKnownOnesStay() throws {
        let before = try Tokenizer(contentsOf: Self.checkpoint.appendingPathComponent("tokenizer.json"))
        let known = try #require(before.id(of: "<think>"))
        let added = try SpecialTokens.add(
            ["<look>", "<think>", "</look>", "<look>"], isSpecial: false, to: Self.checkpoint)
        let first = try #require(added.ids["<look>"])
        #expect(added.ids == ["<look>": first, "</look>": first + 1, "<think>": known])
        #expect(before.token(for: first) == nil && before.token(for: first - 1) != nil)
        #expect(added.vocabularySize == first + 2)
        #expect(added.changedFiles.keys.sorted() == ["tokenizer.json", "tokenizer_config.json"])
        try withTemporaryFolder { folder in
            let file = folder.appendingPathComponent("tokenizer.json")
            try #require(added.changedFiles["tokenizer.json"]).write(to: file)
            let after = try Tokenizer(contentsOf: file)
            #expect(after.encode("<look>a red </look>") == [first] + before.encode("a red ") + [first + 1])
            #expect(after.encode("the square<think>") == before.encode("the square<think>"))
            #expect(after.decode([first], skipsSpecialTokens: true) == "<look>" && !after.isSpecial(first))
        }
        let none = try SpecialTokens.add(["<think>"], isSpecial: true, to: Self.checkpoint)
        #expect(none.changedFiles.isEmpty && none.ids == ["<think>": known] && none.vocabularySize == first)
        #expect(
            sentence { _ = try SpecialTokens.add([" "], isSpecial: true, to: Self.checkpoint) }.contains("can be seen"))
        let tiny = fixtures.appendingPathComponent("models/grouped-4to1")
        #expect(
            sentence { _ = try SpecialTokens.add(["<a>"], isSpecial: true, to: tiny) }.contains(
                "tokenizer.json is missing"))
    }

    /// The files in the layout of the Hub's own checkpoints.
    @Test func allFilesThatListTokensAreCompleted() throws {
        try withTemporaryFolder { folder in
            let files = [
                "tokenizer.json":
                    #"{"model": {"vocab": {"a": 0, "\"added_tokens\"": 1, "b": 2}}, "added_tokens":[] , "x": [1]}"#,
                "tokenizer_config.json":
                    #"{"added_tokens_decoder": {"2": {"content": "b"}}, "additional_special_tokens": ["b"], "q": "</a>"}"#,
                "added_tokens.json": #"{"b": 2}"#, "special_tokens_map.json": #"{"additional_special_tokens": ["b"]}"#,
            ]
            for (name, text) in files { try Data(text.utf8).write(to: folder.appendingPathComponent(name)) }
            let added = try SpecialTokens.add(["<é\"\\>", "b"], isSpecial: true, to: folder)
            #expect(added.ids == ["<é\"\\>": 3, "b": 2] && added.vocabularySize == 4)
            func object(_ name: String) throws -> [String: Any] {
                let data = try #require(added.changedFiles[name])
                return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            }
            let entries = try #require(try object("tokenizer.json")["added_tokens"] as? [[String: Any]])
            #expect(entries.map { $0["id"] as? Int } == [3, 2] && entries[0]["content"] as? String == "<é\"\\>")
            #expect(entries[0]["special"] as? Bool == true && entries[0]["normalized"] as? Bool == false)
            let text = String(decoding: try #require(added.changedFiles["tokenizer.json"]), as: UTF8.self)
            #expect(text.hasPrefix(#"{"model": {"vocab": {"a": 0, "\"added_tokens\"": 1, "b": 2}}, "added_tokens":["#))
            #expect(text.hasSuffix(#"] , "x": [1]}"#))
            let decoder = try #require(try object("tokenizer_config.json")["added_tokens_decoder"] as? [String: Any])
            #expect(decoder.keys.sorted() == ["2", "3"])
            #expect(try object("added_tokens.json")["<é\"\\>"] as? Int == 3)
            let map = try object("special_tokens_map.json")["additional_special_tokens"] as? [String]
            #expect(map == ["b", "<é\"\\>"])
            for text in [
                #"{"model": {"vocab": {"a": 0}}}"#,
                #"{"added_tokens": [{"id": 7, "content": "z"}], "model": {"vocab": {"a": 0}}}"#,
            ] {
                try Data(text.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
                let added = try SpecialTokens.add(["<a>"], isSpecial: true, to: folder)
                #expect(added.ids["<a>"] == (text.contains("z") ? 8 : 1))
                let data = try #require(added.changedFiles["tokenizer.json"])
                let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
                #expect((object["added_tokens"] as? [Any])?.count == (text.contains("z") ? 2 : 1))
            }
            try Data(#"{"model": {}}"#.utf8).write(to: folder.appendingPathComponent("tokenizer.json"))
            #expect(sentence { _ = try SpecialTokens.add(["c"], isSpecial: true, to: folder) }.contains("'vocab'"))
        }
    }

    @Test func rowsAreTheMeanOfTheOthersAndTheConfigurationSaysHowMany() throws {
        for name in ["grouped-2to1-tied", "grouped-4to1"] {
            let golden = try GoldenModel(name)
            let model = try golden.model()
            let input = try golden.input("one", model)
            try withTemporaryFolder { folder in
                // A checkpoint with a tokenizer of as many tokens as it has rows, and one less.
                func tokenizer(_ tokens: Int) throws -> SpecialTokens {
                    let vocabulary = (0..<tokens).map { "\"t\($0)\": \($0)" }.joined(separator: ", ")
                    try Data("{\"model\": {\"vocab\": {\(vocabulary)}}}".utf8).write(
                        to: folder.appendingPathComponent("tokenizer.json"))
                    return try SpecialTokens.add(["<look>", "</look>"], isSpecial: true, to: folder)
                }
                let padded = try tokenizer(158).enlarged(model)
                #expect(padded.parameters === model.parameters)
                let added = try tokenizer(159)
                let larger = try added.enlarged(model)
                #expect(larger.configuration.text.vocabularySize == 161)
                let old = try model.parameters.tensor("model.embed_tokens.weight")
                let new = try larger.parameters.tensor("model.embed_tokens.weight")
                #expect(new.shape == [161, 64])
                #expect(try new.slice(0, 0..<160).floats() == old.floats())
                #expect(try relativeDifference(new.select(0, 160), old.mean([0])) < 1e-6)
                let target = folder.appendingPathComponent("saved")
                try CheckpointWriter.save(
                    larger, companionsFrom: golden.folder, changedFiles: added.changedFiles, to: target)
                #expect(FileManager.default.fileExists(atPath: target.appendingPathComponent("tokenizer.json").path))
                let again = try QwenVLModel(folder: target)
                #expect(again.configuration.text.vocabularySize == 161)
                let (before, after) = try (
                    #require(try model.forward(input).logits), #require(try again.forward(input).logits)
                )
                #expect(after.size(2) == 161)
                #expect(try relativeDifference(after.slice(2, 0..<160), before) < 1e-6)
            }
        }
    }
}
