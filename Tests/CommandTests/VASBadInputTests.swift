import Foundation
import Testing

/// Bad samples in the middle of a file: named with their line, and left out on request.
@Suite struct VASBadInputTests {
    private static let kinds: [(name: String, line: String, expected: String)] = [
        ("no image", #"{"problem": "what color is the shape?", "answer": "red"}"#, "has no image"),
        ("missing", #"{"problem": "what?", "images": ["gone.png"], "answer": "red"}"#, "gone.png cannot be read"),
        ("corrupt", #"{"problem": "what?", "images": ["cut.png"], "answer": "red"}"#, "cut.png cannot be decoded"),
        ("foreign", #"{"problem": "what?", "images": ["page.png"], "answer": "red"}"#, "looks like"),
        ("malformed", #"{"problem": "what?", "images": ["red.png""#, "is not valid JSON"),
        (
            "marks", #"{"problem": "<image><image>", "images": ["red.png"], "answer": "red"}"#,
            "1 images and 2 <image> marks"
        ),
        ("blind", #"{"problem": "what?<image>", "images": ["red.png"], "answer": ""}"#, "no token can see one"),
        ("no answer", #"{"problem": "what?", "images": ["red.png"]}"#, "has no answer"),
        (
            "too long",
            #"{"problem": "\#(String(repeating: "what color is the shape? ", count: 400))", "images": ["red.png"], "answer": "x"}"#,
            "context holds 1024"
        ),
    ]

    private func withDamage<Result>(_ body: (VASData) throws -> Result) throws -> Result {
        try withVASData { data in
            let whole = try Drawing.redRectangle()
            try whole.prefix(whole.count / 2).write(to: data.folder.appendingPathComponent("cut.png"))
            try Data("<html>".utf8).write(to: data.folder.appendingPathComponent("page.png"))
            return try body(data)
        }
    }

    @Test(arguments: kinds.indices)
    func stopsAndNamesTheLine(kind: Int) throws {
        let (name, line, expected) = Self.kinds[kind]
        try withDamage { data in
            let good = VASData.questions(2).split(separator: "\n")
            try data.write("\(good[0])\n\n\(line)\n\(good[1])\n")
            let queries = name == "no answer" ? "response" : "user"
            let stopped = try data.run("--queries", queries, "--output", "out")
            #expect(stopped.status == 1 && stopped.output.isEmpty)
            let sentence = try #require(stopped.failure, "\(stopped.errors)")
            #expect(sentence.contains("Line 3 of ") && sentence.contains(expected), "\(sentence)")
            #expect(data.lineCount() == 1 && (try? data.file("out/summary.json")) == nil)
            // The same command goes on, and stops there again; leaving it out completes the run.
            #expect(try data.run("--queries", queries, "--output", "out").status == 1)
            let skipping = try data.run("--queries", queries, "--output", "out", "--skip-bad", "--json")
            #expect(skipping.status == 0, "\(skipping.errors)")
            #expect(skipping.errors.contains("1 left out") && skipping.errors.contains("Line 3 of "))
            let summary = try skipping.json()
            #expect(summary["samples"] as? Int == 2)
            let skipped = try #require(summary["skipped"] as? [[String: Any]])
            #expect(skipped.count == 1 && skipped.first?["line"] as? Int == 3)
            #expect((skipped.first?["reason"] as? String)?.contains(expected) == true)
            #expect(try data.samples().compactMap { $0["line"] as? Int } == [1, 3, 4])
            // A folder without an interruption says the same.
            let fresh = try data.run("--queries", queries, "--output", "fresh", "--skip-bad", "--json")
            #expect(fresh.output == skipping.output)
            let repeated = try data.run("--queries", queries, "--output", "out", "--skip-bad", "--json")
            #expect(repeated.output == skipping.output && repeated.status == 0)
            #expect(try data.samples().compactMap { $0["line"] as? Int }.sorted() == [1, 3, 4])
        }
    }

    /// A picture that was missing and has come is measured by the next run.
    @Test func badSamplesAreTriedAgain() throws {
        try withVASData { data in
            let blue = data.folder.appendingPathComponent("blue.png")
            let picture = try Data(contentsOf: blue)
            try FileManager.default.removeItem(at: blue)
            try data.write(VASData.questions(4))
            let first = try data.run("--output", "out", "--skip-bad", "--json")
            #expect(try first.json()["samples"] as? Int == 2)
            try picture.write(to: blue)
            let second = try data.run("--output", "out", "--skip-bad", "--json")
            #expect(try second.json()["samples"] as? Int == 4)
            #expect(try data.run("--output", "fresh", "--json").output == second.output)
            #expect(try data.samples().compactMap { $0["line"] as? Int } == [1, 3, 2, 4])
        }
    }

    @Test func allBadIsAFailure() throws {
        try withVASData { data in
            try data.write("{\n[]\n")
            let run = try data.run("--skip-bad", "--output", "out")
            #expect(run.status == 1 && run.output.isEmpty)
            let sentence = try #require(run.failure)
            #expect(sentence.contains("None of the 2 samples") && sentence.contains("not valid JSON"), "\(sentence)")
        }
    }

    @Test func itemsOfAListAreNamed() throws {
        try withVASData { data in
            let good = #"{"messages": [{"role": "user", "content": "what?"}], "images": ["red.png"]}"#
            try data.write("[\(good), {}, \(good)", name: "list.json")
            let stopped = try data.run(data: "list.json")
            #expect(stopped.status == 1 && stopped.failure?.contains("Item 2 of ") == true)
            let skipping = try data.run("--skip-bad", "--json", data: "list.json")
            #expect(try skipping.json()["samples"] as? Int == 2)
            #expect(skipping.errors.contains("Item 4 of ") && skipping.errors.contains("The list has no end"))
        }
    }
}
