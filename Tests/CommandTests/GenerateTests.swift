import Foundation
import Testing

/// `avar generate` on real pictures with the small checkpoint.
@Suite struct GenerateTests {
    private func withPictures<Result>(_ body: (_ red: String, _ blue: String, URL) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            let (red, blue) = (folder.appendingPathComponent("red.png"), folder.appendingPathComponent("blue.png"))
            try Drawing.redRectangle().write(to: red)
            try Drawing.blueRectangle().write(to: blue)
            return try body(red.path, blue.path, folder)
        }
    }

    @Test func theAnswerFollowsThePicture() throws {
        try withPictures { red, blue, _ in
            for (picture, colour) in [(red, "red"), (blue, "blue")] {
                let run = try Command.run(
                    "generate", "--model", Command.checkpoint.path, "--image", picture, "--prompt",
                    "what color is the shape?")
                #expect(run.status == 0)
                #expect(run.output == "\(colour)\n")
                #expect(run.errors.contains("attention of the question: picture"))
                #expect(run.errors.contains("of which 16 visual"))
            }
        }
    }

    @Test func jsonHoldsTheAttention() throws {
        try withPictures { red, _, _ in
            let run = try Command.run(
                "generate", "--model", Command.checkpoint.path, "--image", red, "--prompt", "what color is the shape?",
                "--json")
            #expect(run.status == 0 && run.errors.isEmpty)
            let json = try run.json()
            #expect(json["text"] as? String == "red")
            #expect(json["finish_reason"] as? String == "stop")
            #expect(json["image_tokens"] as? Int == 16)
            let question = try #require(json["question"] as? [String: Any])
            let layers = try #require(question["layers"] as? [[String: Double]])
            #expect(layers.count == 4)
            for layer in layers {
                let sum = ["system", "visual", "user", "response", "marker"].reduce(0) { $0 + (layer[$1] ?? .nan) }
                #expect(abs(sum - 1) < 1e-4)
                #expect(try #require(layer["visual"]) > 0.01)
            }
            let vas = try #require(question["vas"] as? [String: Any])
            #expect(try #require(vas["pooled"] as? Double) > 0)
            let answer = try #require(json["answer"] as? [String: Any])
            #expect(answer["queries"] as? Int == (json["tokens"] as? [Int]).map { $0.count - 1 })
        }
    }

    @Test func withoutAPictureThereIsNoScore() throws {
        let run = try Command.run(
            "generate", "--model", Command.checkpoint.path, "--prompt", "what color is the shape?", "--json",
            "--max-new-tokens", "3")
        #expect(run.status == 0)
        #expect(try run.json()["question"] == nil)
    }

    @Test func aConversationFromAFile() throws {
        try withPictures { _, _, folder in
            let messages = """
                [{"role": "user", "content": [{"type": "image", "image": "red.png"}, {"type": "text", "text": "what color is the shape?"}]},
                 {"role": "assistant", "content": "red"},
                 {"role": "user", "content": [{"type": "image", "image": "blue.png"}, {"type": "text", "text": "what color is the shape?"}]}]
                """
            let file = folder.appendingPathComponent("chat.json")
            try Data(messages.utf8).write(to: file)
            let run = try Command.run(
                "generate", "--model", Command.checkpoint.path, "--messages", file.path, "--json", "--max-new-tokens",
                "4")
            #expect(run.status == 0, "\(run.errors)")
            #expect(try run.json()["image_tokens"] as? Int == 32)
            let video = #"[{"role": "user", "content": [{"type": "video", "video": "film.mp4"}]}]"#
            try Data(video.utf8).write(to: file)
            let refused = try Command.run("generate", "--model", Command.checkpoint.path, "--messages", file.path)
            #expect(refused.status == 1)
            #expect(refused.sentence?.contains("video input is not supported") == true)
        }
    }

    @Test func observingDoesNotChangeTheAnswer() throws {
        try withPictures { red, _, _ in
            let arguments = [
                "generate", "--model", Command.checkpoint.path, "--image", red, "--prompt", "is there a red shape?",
                "--json",
            ]
            let observed = try Command.run(arguments).json()
            let plain = try Command.run(arguments + ["--no-attention"]).json()
            #expect(observed["tokens"] as? [Int] == plain["tokens"] as? [Int])
            #expect(plain["question"] == nil)
        }
    }
}
