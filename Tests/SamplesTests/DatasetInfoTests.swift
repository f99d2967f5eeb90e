import Foundation
import Samples
import Testing

/// dataset_info.json, folders, and what a path names.
@Suite struct DatasetInfoTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func describe(_ entry: String) throws { try folder.write("dataset_info.json", #"{"x": \#(entry)}"#) }

    private func samples(_ path: String = "", named name: String? = "x") throws -> [Sample] {
        try SampleFiles.source(folder.url.appendingPathComponent(path).path, named: name).entries().map {
            try $0.sample()
        }
    }

    private func problem(_ path: String = "", named name: String? = "x") -> String {
        sentence(in: folder) { _ = try samples(path, named: name) }
    }

    @Test func alpacaIsWhatAnEntryIsUnlessItSays() throws {
        try folder.write("d.json", #"[{"instruction": "q", "input": "i", "output": "r", "images": ["a.png"]}]"#)
        try describe(#"{"file_name": "d.json"}"#)
        #expect(try samples().map { $0.turns.map(short) } == [["user:[a.png]q\ni", "assistant:r"]])
        // Columns that are not named are not there.
        try describe(#"{"file_name": "d.json", "columns": {"prompt": "instruction", "response": "output"}}"#)
        #expect(try samples().map { $0.turns.map(short) } == [["user:q", "assistant:r"]])
        #expect(try samples("dataset_info.json").count == 1)
    }

    @Test func columnsAndTagsHaveOtherNames() throws {
        try folder.write(
            "sub/d.jsonl",
            #"{"talk": [{"who": "S", "says": "s"}, {"who": "Q", "says": "<image>q"}, {"who": "A", "says": "r"}], "pics": "p/a.png"}"#
        )
        try folder.write("p/a.png", "")
        try describe(
            #"""
            {"file_name": "sub/d.jsonl", "formatting": "sharegpt", "split": "train",
             "columns": {"messages": "talk", "images": "pics", "system": "frame"},
             "tags": {"role_tag": "who", "content_tag": "says", "user_tag": "Q", "assistant_tag": "A", "system_tag": "S",
                      "observation_tag": "O", "function_tag": "F"}}
            """#)
        let sample = try #require(try samples().first)
        #expect(sample.turns.map(short) == ["system:s", "user:[a.png]q", "assistant:r"])
        // The picture lies in the folder of the description, not beside the data.
        guard case .file(let url) = sample.pictures.first else { throw CocoaError(.fileNoSuchFile) }
        #expect(url.path == folder.url.appendingPathComponent("p/a.png").path)
        try folder.write("sub/d.jsonl", #"{"talk": [{"who": "O", "says": "s"}]}"#)
        #expect(
            problem()
                == "Line 1 of sub/d.jsonl: Turn 1 of 'talk' has the role 'O'; calls of tools and their results are not supported."
        )
        try folder.write("sub/d.jsonl", #"{"talk": [{"role": "Q", "says": "s"}]}"#)
        #expect(problem() == "Line 1 of sub/d.jsonl: Turn 1 of 'talk' has no 'who'.")
        try folder.write("sub/d.jsonl", #"{"messages": []}"#)
        #expect(problem() == "Line 1 of sub/d.jsonl: The sample has no 'talk'.")
    }

    @Test func someSamplesAreDrawnOnceAndForAll() throws {
        try folder.write(
            "d.jsonl", (0..<50).map { #"{"instruction": "\#($0)", "output": "r"}"# }.joined(separator: "\n"))
        try describe(#"{"file_name": "d.jsonl", "num_samples": 20}"#)
        let drawn = try samples().compactMap { Int($0.turns[0].text) }
        #expect(drawn.count == 20 && drawn == Set(drawn).sorted() && drawn != Array(0..<20))
        #expect(try samples().compactMap { Int($0.turns[0].text) } == drawn)
        try describe(#"{"file_name": "d.jsonl", "num_samples": 51}"#)
        #expect(
            problem()
                == "'x' of dataset_info.json asks for 51 samples ('num_samples'), and there are 50; give a weight to repeat them."
        )
    }

    @Test(arguments: [
        (
            #"{"hf_hub_url": "a/b"}"#,
            "is not a local file ('hf_hub_url' is 'a/b'); download it and give its 'file_name'."
        ),
        (#"{"script_url": "s"}"#, "is not a local file ('script_url' is 's'); download it and give its 'file_name'."),
        (#"{}"#, "has no 'file_name'."),
        (
            #"{"file_name": "d.json", "ranking": true}"#,
            "is preference data; only conversations with one answer each are learned from."
        ),
        (
            #"{"file_name": "d.json", "columns": {"prompt": "p", "chosen": "c"}}"#,
            "is preference data; only conversations with one answer each are learned from."
        ),
        (
            #"{"file_name": "d.json", "formatting": "xml"}"#,
            "has the formatting 'xml'; a formatting is one of alpaca, sharegpt and openai."
        ),
        (#"{"file_name": "d.json", "split": "test"}"#, "asks for the split 'test'; a local file has only 'train'."),
        (#"{"file_name": "d.json", "num_samples": "2"}"#, "has a 'num_samples' that is no whole number above 0."),
        (#"{"file_name": 3}"#, "has a 'file_name' that is not a string."),
        (#"{"file_name": "d.json", "columns": {"response": "r"}}"#, "names no column for the 'prompt'."),
        (
            #"{"file_name": "d.json", "tags": {"role": "r"}, "formatting": "sharegpt"}"#,
            "has 'tags.role', which means nothing; known are role_tag, content_tag, user_tag, assistant_tag, observation_tag, function_tag, system_tag."
        ),
    ])
    func badEntries(entry: String, expected: String) throws {
        try folder.write("d.json", "[]")
        try describe(entry)
        #expect(problem() == "'x' of dataset_info.json " + expected)
    }

    @Test func whatAPathNames() throws {
        try folder.write("b.jsonl", #"{"problem": "1"}"#)
        try folder.write("a.json", #"[{"problem": "0"}]"#)
        try folder.write(".c.json", "x")
        try folder.write("notes.txt", "x")
        try folder.write("data", #" {"problem": "2"}"#)
        #expect(try samples(named: nil).map { $0.turns[0].text } == ["0", "1"])
        #expect(try SampleFiles.source(folder.url.path).files.map(\.lastPathComponent) == ["a.json", "b.jsonl"])
        #expect(try samples("data", named: nil).map { $0.turns[0].text } == ["2"])
        #expect(
            problem("notes.txt", named: nil)
                == "notes.txt is no data file: it holds neither JSON, JSON lines nor Parquet.")
        #expect(problem("none.json", named: nil) == "none.json cannot be read: no such file or directory.")
        #expect(problem("none") == "none cannot be read: there is no such readable file.")
        try folder.write("empty/x.csv", "")
        #expect(problem("empty", named: nil).hasSuffix("empty has no files that end in .json, .jsonl or .parquet."))
        try folder.write("dataset_info.json", #"{"x": {"file_name": "data"}, "y": {"file_name": "data"}}"#)
        #expect(
            problem("dataset_info.json", named: nil)
                == "dataset_info.json describes 2 data sets; give the name of one: x, y.")
        try describe(#"{"file_name": "data"}"#)
        let only = try SampleFiles.source(folder.url.appendingPathComponent("dataset_info.json").path)
        #expect(only.name == (try SampleFiles.source(folder.url.path, named: "x").name))
        #expect(problem(named: "y") == "dataset_info.json has no data set 'y'; it has x.")
        #expect(try samples(named: nil).count == 2)
        try folder.write("dataset_info.json", "[]")
        #expect(problem() == "dataset_info.json cannot be read: it is not a JSON object of data sets by name.")
    }
}
