import Foundation
import Testing

/// Bad input: one clear sentence on standard error, nothing on standard output, exit status 1.
@Suite struct BadInputTests {
    /// Runs `generate` on a copy of the checkpoint that `change` has damaged.
    private func failure(
        prompt: String = "what color is the shape?", picture: Data? = nil, after change: (URL) throws -> Void = { _ in }
    ) throws -> String {
        try withTemporaryFolder { folder in
            let copy = folder.appendingPathComponent("checkpoint")
            try FileManager.default.copyItem(at: Command.checkpoint, to: copy)
            try change(copy)
            let file = folder.appendingPathComponent("picture.png")
            try (picture ?? Drawing.redRectangle()).write(to: file)
            let run = try Command.run("generate", "--model", copy.path, "--image", file.path, "--prompt", prompt)
            #expect(run.status == 1)
            #expect(run.output.isEmpty)
            return try #require(run.sentence, "not one sentence: \(run.errors)")
        }
    }

    private func edit(_ folder: URL, _ change: (inout [String: Any]) -> Void) throws {
        let url = folder.appendingPathComponent("config.json")
        var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any])
        change(&object)
        try JSONSerialization.data(withJSONObject: object).write(to: url)
    }

    @Test func missingWeights() throws {
        let text = try failure {
            try FileManager.default.removeItem(at: $0.appendingPathComponent("model.safetensors"))
        }
        #expect(text.contains("model.safetensors"))
    }

    @Test func truncatedWeights() throws {
        let text = try failure { folder in
            let file = folder.appendingPathComponent("model.safetensors")
            try Data(contentsOf: file).prefix(1_000_000).write(to: file)
        }
        #expect(text.contains("model.safetensors") && text.contains("cut short"), "\(text)")
    }

    @Test func shapesThatDisagree() throws {
        let text = try failure { try edit($0) { $0["intermediate_size"] = 500 } }
        #expect(text.contains("model.layers.0.mlp.gate_proj.weight"))
        #expect(text.contains("[512, 192]") && text.contains("[500, 192]"))
    }

    @Test func unknownArchitecture() throws {
        #expect(try failure { try edit($0) { $0["model_type"] = "qwen3_vl" } }.contains("qwen3_vl"))
    }

    @Test func corruptImage() throws {
        let whole = try Drawing.redRectangle()
        let cut = try failure(picture: whole.prefix(whole.count / 2))
        #expect(cut.contains("picture.png"))
        #expect(try failure(picture: Data("<html>not found</html>".utf8)).contains("HTML"))
        #expect(try failure(picture: Data()).contains("picture.png"))
    }

    @Test func enormousHeader() throws {
        // A whole PNG file of 100,000 x 100,000 pixels, but for the pixels.
        var file = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        for (name, body) in [
            ("IHDR", [0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0, 8, 2, 0, 0, 0] as [UInt8]),
            ("IDAT", [0x78, 0x9C, 3, 0, 0, 0, 0, 1]), ("IEND", []),
        ] {
            let chunk = Array(name.utf8) + body
            withUnsafeBytes(of: UInt32(body.count).bigEndian) { file += $0 }
            file += chunk
            withUnsafeBytes(of: checksum(chunk).bigEndian) { file += $0 }
        }
        let text = try failure(picture: file)
        #expect(text.contains("100000 x 100000"))
    }

    /// The checksum of a PNG chunk.
    private func checksum(_ bytes: [UInt8]) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return sum ^ 0xFFFF_FFFF
    }

    @Test func promptLongerThanTheContext() throws {
        let text = try failure(prompt: String(repeating: "what color is the shape? ", count: 400))
        #expect(text.contains("context holds 1024"))
    }

    @Test func missingTokenizer() throws {
        let text = try failure { try FileManager.default.removeItem(at: $0.appendingPathComponent("tokenizer.json")) }
        #expect(text.contains("tokenizer.json is missing"))
    }

    @Test func unreadableFolder() throws {
        let run = try Command.run("generate", "--model", "/nonexistent/checkpoint", "--prompt", "x")
        #expect(run.status == 1)
        #expect(run.sentence?.contains("/nonexistent/checkpoint cannot be read: there is no such folder") == true)
        // Permissions do not bind the superuser, so there it stays readable.
        try withTemporaryFolder { folder in
            try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: folder.path)
            let closed = try Command.run("generate", "--model", folder.path, "--prompt", "x")
            #expect(closed.status == 1)
            #expect(closed.sentence?.contains(folder.path) == true)
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: folder.path)
        }
    }

    @Test func missingPicture() throws {
        let run = try Command.run(
            "generate", "--model", Command.checkpoint.path, "--image", "/nonexistent.png", "--prompt", "x")
        #expect(run.status == 1)
        #expect(run.sentence?.contains("/nonexistent.png") == true)
    }

    @Test func noGPU() throws {
        let run = try Command.run("generate", "--model", Command.checkpoint.path, "--prompt", "x", "--device", "tpu")
        #expect(run.status == 1)
        #expect(run.sentence?.contains("'tpu'") == true)
    }

    @Test(
        arguments: [
            ["generate", "--model", "x"], ["generate", "--prompt", "x"],
            ["bench", "juggle", "--model", "x", "--case", "y"],
            ["generate", "--model", "x", "--prompt", "x", "--max-new-tokens", "0"], ["nonsense"],
            ["generate", "--model", "x", "--prompt", "x", "--threads", "0"],
        ])
    func wrongUsage(arguments: [String]) throws {
        let run = try Command.run(arguments)
        #expect(run.status == 64)
        #expect(run.output.isEmpty && run.errors.contains("Usage:"))
    }
}
