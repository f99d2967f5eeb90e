import Foundation
import Images
import QwenVL
import Samples
import Testing

/// OpenAI's messages and alpaca's instructions.
@Suite struct FormTests {
    private func sample(_ object: String) throws -> Sample {
        let folder = try TemporaryFolder()
        let entries = try SampleFile(folder.write("data.jsonl", object)).entries().map(\.self)
        return try #require(entries.first).sample()
    }

    private func problem(_ object: String) throws -> String {
        let folder = try TemporaryFolder()
        let file = try SampleFile(folder.write("data.jsonl", object))
        return sentence(in: folder) { for entry in try file.entries() { _ = try entry.sample() } }
    }

    private func turns(_ object: String) throws -> [String] { try sample(object).turns.map(short) }

    /// A user's turn with some items, and an answer.
    private func asked(_ items: String) -> String {
        #"{"messages": [{"role": "user", "content": [\#(items)]}, {"role": "assistant", "content": "r"}]}"#
    }

    @Test func contentPartsAsOpenAIHasThem() throws {
        let image = try RGBImage(width: 2, height: 1, pixels: [255, 0, 0, 0, 0, 255])
        let data = "data:image/png;base64,\(try image.encodedPNG().base64EncodedString())"
        for part in [
            #"{"type": "image_url", "image_url": {"url": "\#(data)", "detail": "high"}}"#,
            #"{"type": "image_url", "image_url": "\#(data)"}"#,
            #"{"type": "input_image", "image_url": "\#(data)"}"#,
            #"{"type": "image", "url": "\#(data)"}"#,
            #"{"image": "\#(data)"}"#,
        ] {
            let messages = try sample(asked(#"\#(part), {"type": "text", "text": "q"}"#)).messages()
            #expect(messages == [.user("q", images: [image]), .assistant("r")])
        }
        #expect(
            try turns(
                asked(
                    #"{"type": "input_text", "text": "q"}, {"type": "image_url", "image_url": {"url": "a.png"}}, "#
                        + #"{"type": "image_url", "image_url": "file:///d/b%20c.png"}"#)) == [
                    "user:q[a.png][b c.png]", "assistant:r",
                ])
        #expect(
            try turns(
                #"{"messages": [{"role": "developer", "content": "s"}, {"role": "user", "content": "q"}]}"#) == [
                    "system:s", "user:q",
                ])
    }

    @Test func instructions() throws {
        #expect(
            try turns(#"{"instruction": "<image>what?", "input": "be brief", "output": "a cat", "images": ["a.png"]}"#)
                == ["user:[a.png]what?\nbe brief", "assistant:a cat"])
        #expect(
            try turns(
                #"{"instruction": "q", "input": "", "output": "r", "system": "s", "history": [["h", "i"], ["j", "k"]]}"#
            ) == ["system:s", "user:h", "assistant:i", "user:j", "assistant:k", "user:q", "assistant:r"])
        #expect(try turns(#"{"instruction": "q"}"#) == ["user:q"])
        #expect(try turns(#"{"instruction": "x", "problem": "q"}"#) == ["user:q"])
    }

    @Test(arguments: [
        (
            #"{"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}"#,
            "An image of turn 1 of 'messages' is the address https://example.org/a.png; only local files are read, so download it first."
        ),
        (
            #"{"type": "image_url", "image_url": {}}"#,
            "An image of turn 1 of 'messages' has neither 'bytes' (base64) nor a 'path'."
        ),
        (
            #"{"type": "image_url", "image_url": "data:image/png;base64,%%"}"#,
            "The bytes of an image of turn 1 of 'messages' are not base64."
        ),
        (
            #"{"type": "video_url", "video_url": "a.mp4"}"#,
            "Turn 1 of 'messages' has an item that is neither text nor an image, but of the type 'video_url'."
        ),
    ])
    func badParts(part: String, expected: String) throws {
        #expect(try problem(asked(part)) == "Line 1 of data.jsonl: " + expected)
    }

    @Test(arguments: [
        (
            #"{"messages": [{"role": "tool", "content": "x"}]}"#,
            "Turn 1 of 'messages' has the role 'tool'; calls of tools and their results are not supported."
        ),
        (
            #"{"messages": [{"role": "user", "content": "q"}, {"role": "assistant", "content": "", "tool_calls": [{"id": 1}]}]}"#,
            "Turn 2 of 'messages' calls a tool; calls of tools and their results are not supported."
        ),
        (
            #"{"messages": [{"role": "bot", "content": "x"}]}"#,
            "Turn 1 of 'messages' has the role 'bot'; a role is one of user, human, assistant, gpt, system and developer."
        ),
        (
            #"{"problem": "q", "tools": "[{\"name\": \"f\"}]"}"#,
            "The sample has tools, which are not supported; leave it out."
        ),
        (#"{"problem": "q", "audios": ["a.wav"]}"#, "The sample has audios, which are not supported; leave it out."),
        (#"{"instruction": "", "output": "r"}"#, "The sample has no 'instruction'."),
        (
            #"{"instruction": "q", "history": [["h"]]}"#,
            "Round 1 of 'history' is not a list of what the user and the assistant said."
        ),
        (#"{"instruction": "q", "history": "h"}"#, "'history' is not a list of rounds."),
    ])
    func badSamples(object: String, expected: String) throws {
        #expect(try problem(object) == "Line 1 of data.jsonl: " + expected)
    }

    /// Entries can be kept, and read in any order and by several threads.
    @Test func entriesAreReadWhenTheyAreWanted() throws {
        let folder = try TemporaryFolder()
        let objects = (0..<200).map { #"{"problem": "\#(String(repeating: "x", count: $0 * 97))\#($0)"}"# }
        for text in [objects.joined(separator: "\n"), "[" + objects.joined(separator: ",") + "]"] {
            let kept = try SampleFile(folder.write("data.json", text)).entries().map(\.kept)
            DispatchQueue.concurrentPerform(iterations: 200) { index in
                let text = (try? kept[199 - index].sample())?.turns.first?.text
                #expect(text?.hasSuffix("x\(199 - index)") == true || index == 199)
            }
            try folder.write("data.json", "{}")
            #expect(sentence { _ = try kept[150].sample() }.hasSuffix("while it was being used; start again."))
        }
    }
}
