import Foundation
import Images
import QwenVL
import Samples
import Testing

/// Data files in every form, and what is wrong with them.
@Suite struct SampleFileTests {
    /// The samples of a file with some content.
    private func entries<Result>(_ text: String, _ body: ([SampleEntry]) throws -> Result) throws -> Result {
        try entries(Data(text.utf8), body)
    }

    private func entries<Result>(_ data: Data, _ body: ([SampleEntry]) throws -> Result) throws -> Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("samples-\(UUID().uuidString).json")
        try data.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try SampleFile(url)
        let entries = Array(try file.entries())
        #expect(try file.count() == entries.count)
        #expect(try file.count(limit: 1) == min(1, entries.count))
        return try body(entries)
    }

    private func sample(_ object: String) throws -> Sample { try entries(object) { try #require($0.first).sample() } }

    private func problem(_ object: String) throws -> String {
        try entries(object) { list in
            let entry = try #require(list.first)
            let error = try #require(throws: SampleError.self) { _ = try entry.sample() }
            #expect(error.localizedDescription.hasPrefix(entry.place + ": "))
            return String(error.localizedDescription.dropFirst(entry.place.count + 2))
        }
    }

    private func inShort(_ object: String) throws -> [String] { try sample(object).turns.map(short) }

    @Test func problems() throws {
        let plain =
            #"{"problem": "what?", "images": ["a.png", "b.png"], "id": 7, "answer": "a cat", "level": {"x": [1]}}"#
        #expect(try inShort(plain) == ["user:[a.png][b.png]what?", "assistant:a cat"])
        #expect(try sample(plain).id == "7")
        #expect(
            try inShort(
                #"{"problem": "is <image> like <image>?", "images": ["a.png", {"path": "b.png"}], "system": "be brief"}"#
            )
                == ["system:be brief", "user:is [a.png] like [b.png]?"])
        #expect(
            try inShort(#"{"problem": "<image>x", "image": "a.png", "answer": 4, "system": "", "id": null}"#)
                == ["user:[a.png]x", "assistant:4"])
        #expect(
            try inShort(#"{"question": "x", "image": {"path": "a.png"}, "answer": 0.5}"#)
                == ["user:[a.png]x", "assistant:0.5"])
        #expect(try inShort(#"{"question": "y", "problem": "x", "image": "a.png"}"#) == ["user:[a.png]x"])
        #expect(try inShort(#"{"problem": "no picture", "images": []}"#) == ["user:no picture"])
        #expect(try inShort(#"{"problem": "x", "images": ["a.png"], "answer": " "}"#) == ["user:[a.png]x"])
    }

    @Test func pathsAreRelativeToTheFile() throws {
        let text = #"{"problem": "x", "images": ["sub/a.png", "/b.png", "file:///c.png"]}"#
        let paths = try entries(text) { list in
            try #require(list.first).sample().pictures.map { picture -> String in
                guard case .file(let url) = picture else { return "" }
                return url.path
            }
        }
        let folder = FileManager.default.temporaryDirectory.path
        #expect(paths == [folder + "/sub/a.png", "/b.png", "/c.png"])
    }

    @Test(arguments: [
        #"{"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "<image>q<image>"}, {"role": "assistant", "content": "r"}, {"role": "user", "content": "again"}], "images": ["a.png", "b.png"]}"#,
        #"{"conversations": [{"from": "human", "value": "<image>q<image>"}, {"from": "gpt", "value": "r"}, {"from": "human", "value": "again"}], "images": ["a.png", "b.png"], "system": "s"}"#,
        #"{"messages": [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "q"}, {"type": "image"}]}, {"role": "assistant", "content": [{"type": "text", "text": "r"}]}, {"role": "user", "content": "again"}], "images": ["a.png", "b.png"], "system": "s"}"#,
        #"{"messages": [{"role": "user", "content": [{"type": "image", "image": "a.png"}, {"type": "text", "text": "q"}, {"type": "image", "path": "b.png"}]}, {"role": "assistant", "content": "r"}, {"role": "user", "content": "again"}], "system": "s"}"#,
    ])
    func sharegpt(object: String) throws {
        let expected = ["system:s", "user:[a.png]q[b.png]", "assistant:r", "user:again"]
        #expect(try inShort(object) == expected)
        // The same as an item of a list, with blanks and line breaks wherever JSON allows them.
        let list = "\u{FEFF} [\n\(object.replacingOccurrences(of: ", ", with: " ,\n "))\n,{}, \(object) ]\n"
        try entries(list) { items in
            #expect(items.map(\.number) == [1, 2, 3])
            let turns = try [items[0].sample(), items[2].sample()].map { $0.turns.map(short) }
            #expect(turns == [expected, expected])
            #expect(throws: SampleError.self) { _ = try items[1].sample() }
            #expect(items[2].place.hasPrefix("Item 3 of "))
        }
    }

    @Test func picturesMayLieInTheFile() throws {
        let image = try RGBImage(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
        let text = try image.encodedPNG().base64EncodedString()
        for form in [
            #"{"bytes": "\#(text)"}"#, #"{"bytes": "\#(text)", "path": "x.png"}"#, #""data:image/png;base64,\#(text)""#,
        ] {
            let messages = try sample(#"{"problem": "q", "images": [\#(form)]}"#).messages()
            #expect(messages == [.user("q", images: [image])])
        }
        #expect(
            try problem(#"{"problem": "q", "images": [{"bytes": "%%"}]}"#)
                == "The bytes of image 1 are not base64.")
        let broken = try sample(#"{"problem": "q", "images": [{"bytes": "AAAA", "path": "x.png"}]}"#)
        let error = try #require(throws: ImageError.self) { _ = try broken.messages() }
        #expect(error.localizedDescription.hasPrefix("x.png looks like"))
    }

    @Test(arguments: [
        (#"{"problem": "<image>x", "images": []}"#, "0 images and 1 <image> marks"),
        (#"{"problem": "<image><image>x", "images": ["a.png"]}"#, "1 images and 2 <image> marks"),
        (#"{"problem": "<image>x", "images": ["a.png", "b.png"]}"#, "2 images and 1 <image> marks"),
        (#"{"problem": 3, "images": ["a.png"]}"#, "'problem' is not a string"),
        (#"{"text": "x"}"#, "must have one of 'problem', 'messages', 'conversations' and 'instruction', and has none"),
        (#"{"problem": "x", "messages": []}"#, "and has problem and messages"),
        (#"{"problem": "x", "images": [3]}"#, "Image 1 is neither a path nor an object"),
        (#"{"problem": "x", "images": ["https://example.org/a.png"]}"#, "only local files are read"),
        (#"{"problem": "x", "images": [""]}"#, "Image 1 has an empty path"),
        (#"{"problem": "x", "images": [{}]}"#, "neither 'bytes' (base64) nor a 'path'"),
        (#"{"problem": "x", "videos": ["a.mp4"]}"#, "videos, which are not supported"),
        (#"{"problem": "x", "answer": true}"#, "'answer' is neither a string nor a number"),
        (#"{"problem": "x", "id": []}"#, "'id' is neither a string nor a number"),
        (#"{"messages": "x"}"#, "'messages' is not a list of turns"),
        (#"{"messages": [{"role": "tool", "content": "x"}]}"#, "Turn 1 of 'messages' has the role 'tool'"),
        (#"{"messages": [{"content": "x"}]}"#, "Turn 1 of 'messages' has no 'role'"),
        (#"{"messages": [{"role": "user"}]}"#, "has no 'content' (or 'value')"),
        (#"{"messages": [{"role": "assistant", "content": "x"}]}"#, "has no turn of the user"),
        (
            #"{"messages": [{"role": "user", "content": "x"}, {"role": "system", "content": "x"}]}"#,
            "not the first turn"
        ),
        (
            #"{"messages": [{"role": "system", "content": "x"}, {"role": "user", "content": "x"}], "system": "y"}"#,
            "both"
        ),
        (#"{"messages": [{"role": "assistant", "content": [{"type": "image"}]}]}"#, "only turns of the user"),
        (#"{"problem": "x""#, "is not valid JSON"), ("7", "is not a JSON object"), ("\u{7}", "is not valid JSON"),
        ("[", "The list has no end"), ("[{\"problem\": \"x\"", "ends in the middle of the sample"),
    ])
    func malformed(object: String, expected: String) throws {
        let text = try problem(object)
        #expect(text.contains(expected), "\(text)")
        #expect(!text.contains("\n") && text.hasSuffix("."))
    }

    @Test func aBadLineSpoilsNoOther() throws {
        let good = #"{"problem": "x"}"#
        try entries("\(good)\r\n\n{broken\n  \n\u{0}\n\(good)") { list in
            #expect(list.map(\.number) == [1, 3, 5, 6])
            #expect(list.map { (try? $0.sample()) != nil } == [true, false, false, true])
        }
        try entries("[\(good), {\"a\": 1]}, \(good)] x") { list in
            #expect(list.map { (try? $0.sample()) != nil } == [true, false, true, false])
        }
        try entries("[\(good), \(good)") { #expect($0.map { (try? $0.sample()) != nil } == [true, true, false]) }
        try entries("[\(good)] x") { #expect($0.map { (try? $0.sample()) != nil } == [true, false]) }
    }

    @Test func emptyFilesHaveNoSamples() throws {
        for text in ["", "\n \n", "[]", " [ ] \n"] { try entries(text) { #expect($0.isEmpty) } }
        #expect(throws: SampleError.self) { _ = try SampleFile(URL(fileURLWithPath: "/nonexistent.jsonl")) }
        let folder = try #require(throws: SampleError.self) { _ = try SampleFile(URL(fileURLWithPath: "/tmp")) }
        #expect(folder.localizedDescription == "/tmp cannot be read: is a directory.")
    }

    /// Random objects full of brackets, quotes and escapes, cut alike as lines and as items of a list.
    @Test func recordsAreCutWhereTheyEnd() throws {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("[]{},:\"\\\n<image> é𝄞")
        func text(_ length: Int) -> String {
            String((0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &random)] })
                .replacingOccurrences(of: "<image>", with: "")
        }
        // Some are longer than what is read at once.
        let texts = (0..<40).map { $0 % 13 == 0 ? String(repeating: text(997), count: 700) : text($0 * 3 + 1) }
        let objects = try texts.map { text in
            try JSONSerialization.data(withJSONObject: ["problem": text, "more": [["a": [text]], 1]] as [String: Any])
        }
        let lines = Data(objects.joined(separator: Data("\n".utf8)))
        let list = Data("[".utf8) + Data(objects.joined(separator: Data(" ,\n".utf8))) + Data("]".utf8)
        for data in [lines, list] {
            try entries(data) { found in
                #expect(found.count == texts.count)
                for (entry, text) in zip(found, texts) {
                    let turns = try entry.sample().turns.map(short)
                    #expect(turns == ["user:\(text)"])
                }
            }
        }
    }
}
