import Foundation
import Images
import QwenVL
import Testing

/// The chat template against transformers' `apply_chat_template` (Tests/Fixtures/template/make_template.py).
@Suite struct ChatTemplateTests {
    @Test func conversations() throws {
        let text = try String(
            contentsOf: fixtures.appendingPathComponent("template/conversations.jsonl"), encoding: .utf8)
        let lines = text.split(separator: "\n")
        #expect(lines.count >= 50)
        let blank = try RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
        for line in lines {
            let row = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            let messages = try JSONSerialization.data(withJSONObject: try #require(row["messages"]))
            let conversation = try Conversation.messages(json: messages, name: "the row") { _ in blank }
            let rendered = try ChatTemplate.text(
                conversation, addsGenerationPrompt: row["add_generation_prompt"] as? Bool ?? false)
            // Byte for byte: strings that differ in normalisation only are equal in Swift.
            #expect(try Array(rendered.utf8) == Array(#require(row["expected"] as? String).utf8))
        }
    }

    private func refusal(_ json: String) throws -> String {
        let blank = try RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
        return sentence { _ = try Conversation.messages(json: Data(json.utf8), name: "chat.json") { _ in blank } }
    }

    @Test func whatIsRefused() throws {
        let video = try refusal(#"[{"role": "user", "content": [{"type": "video", "video": "a.mp4"}]}]"#)
        #expect(video.contains("video input is not supported") && video.contains("Message 1 of chat.json"))
        #expect(try refusal(#"[{"role": "tool", "content": "x"}]"#).contains("'tool'"))
        #expect(try refusal(#"[{"content": "x"}]"#).contains("no role"))
        #expect(try refusal(#"[{"role": "user", "content": 3}]"#).contains("neither a string nor a list"))
        #expect(
            try refusal(#"[{"role": "user", "content": [{"type": "audio"}]}]"#).contains("neither text nor an image"))
        #expect(try refusal(#"[{"role": "user", "content": [{"type": "image"}]}]"#).contains("without a path"))
        #expect(try refusal(#"{"role": "user"}"#).contains("not a JSON list"))
        #expect(sentence { _ = try ChatTemplate.pieces([]) }.contains("no messages"))
    }
}
