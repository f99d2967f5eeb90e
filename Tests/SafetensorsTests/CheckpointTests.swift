import Foundation
import Safetensors
import Testing

@Suite struct CheckpointTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private var indexURL: URL { folder.url.appendingPathComponent("model.safetensors.index.json") }

    /// Writes a file with a tensor of one byte for each name.
    private func write(_ file: String, _ names: [String]) throws {
        try SafetensorsWriter.write(
            names.map { .init($0, .uint8, [1], [UInt8($0.utf8.count)]) }, to: folder.url.appendingPathComponent(file))
    }

    private func writeIndex(_ text: String) throws {
        try Data(text.utf8).write(to: indexURL)
    }

    private func problem(of url: URL) -> String? {
        message(replacing: url) { _ = try SafetensorsCheckpoint(contentsOf: url) }
    }

    /// What opening the folder says of its index, which PATH stands for.
    private func problemOfIndex() -> String? {
        message(replacing: indexURL) { _ = try SafetensorsCheckpoint(contentsOf: folder.url) }
    }

    // MARK: What is read

    @Test func shardsAreReadThroughOneLookup() throws {
        let checkpoint = try SafetensorsCheckpoint(contentsOf: fixtures.appendingPathComponent("sharded"))
        #expect(checkpoint.names == ["model.big", "model.b", "model.a", "model.d", "модель.c"])
        #expect(checkpoint.entries.map(\.name) == checkpoint.names)
        #expect(checkpoint.files.map(\.entries.count) == [1, 2, 2])
        #expect(try checkpoint.withUnsafeBytes(of: "model.a", Array.init) == littleEndian([Int32(5), 6]))
        #expect(try Array(checkpoint.region(of: "model.d").bytes) == littleEndian([Int64(9)]))
        #expect(try checkpoint.entry(named: "модель.c").dtype == .float16)
        #expect(
            try checkpoint.file(holding: "model.b").url.lastPathComponent == "model-00002-of-00003.safetensors")
        #expect(checkpoint.contains("model.b") && !checkpoint.contains("model.c"))
        #expect(
            message(replacing: checkpoint.url) { _ = try checkpoint.region(of: "model.c") }
                == "PATH holds no tensor \"model.c\" among its 5; names must match exactly.")
    }

    @Test func indexMayBeGivenByItsPath() throws {
        let index = fixtures.appendingPathComponent("sharded/model.safetensors.index.json")
        #expect(try SafetensorsCheckpoint(contentsOf: index).files.count == 3)
    }

    @Test func fileOfAnyNameMayBeGivenByItsPath() throws {
        let file = fixtures.appendingPathComponent("every_dtype.safetensors")
        #expect(try SafetensorsCheckpoint(contentsOf: file).names.count == 18)
    }

    @Test func singleFileWinsOverAnIndexBesideIt() throws {
        try write("model.safetensors", ["single"])
        try writeIndex("not even JSON")
        #expect(try SafetensorsCheckpoint(contentsOf: folder.url).names == ["single"])
    }

    @Test func namesThatDifferOnlyInTheirBytesAreTwoTensors() throws {
        try write("1.safetensors", ["\u{E9}"])
        try write("2.safetensors", ["e\u{301}"])
        try writeIndex("{\"weight_map\":{\"\u{E9}\":\"1.safetensors\",\"e\u{301}\":\"2.safetensors\"}}")
        let checkpoint = try SafetensorsCheckpoint(contentsOf: folder.url)
        #expect(try checkpoint.withUnsafeBytes(of: "\u{E9}", Array.init) == [2])
        #expect(try checkpoint.withUnsafeBytes(of: "e\u{301}", Array.init) == [3])
    }

    // MARK: Folders without weights

    @Test func missingFolderIsRefused() {
        #expect(problem(of: folder.url.appendingPathComponent("none")) == "PATH does not exist; check the path.")
    }

    @Test func emptyFolderIsRefused() {
        #expect(
            problem(of: folder.url)
                == "PATH is an empty folder; give one that holds model.safetensors or model.safetensors.index.json.")
    }

    @Test func unreadableFolderIsRefused() throws {
        try write("model.safetensors", ["a"])
        #expect(chmod(folder.url.path, 0) == 0)
        defer { chmod(folder.url.path, 0o700) }
        #expect(
            withoutPrivilege { problem(of: folder.url) }
                == "PATH is a folder that cannot be read (Permission denied); check its permissions.")
    }

    @Test func folderWithPicklesOnlyIsRefusedWithTheWayOut() throws {
        _ = try folder.file([], named: "config.json")
        _ = try folder.file([1], named: "pytorch_model.bin")
        #expect(
            problem(of: folder.url)
                == "PATH holds its weights as \"pytorch_model.bin\" only, which must be converted to safetensors first "
                + "(load it with transformers and call save_pretrained).")
    }

    @Test func folderWithOtherSafetensorsNamesThem() throws {
        try write("adapter_model.safetensors", ["a"])
        #expect(
            problem(of: folder.url)
                == "PATH does not hold model.safetensors or model.safetensors.index.json but "
                + "\"adapter_model.safetensors\"; give the path of one file instead.")
    }

    @Test func folderWithoutWeightsIsRefused() throws {
        _ = try folder.file([], named: "config.json")
        #expect(
            problem(of: folder.url)
                == "PATH holds no weights; give a folder that holds model.safetensors or model.safetensors.index.json.")
    }

    // MARK: Indexes

    @Test func indexMustBeReadable() throws {
        try writeIndex("{}")
        #expect(chmod(indexURL.path, 0) == 0)
        #expect(
            withoutPrivilege { problemOfIndex() }
                == "PATH cannot be opened (Permission denied); check the path and its permissions.")
    }

    @Test func indexMustBeJSON() throws {
        try writeIndex(#"{"weight_map":"#)
        #expect(
            problemOfIndex()
                == "PATH is not JSON at byte 14, where the text ends where a value must stand; "
                + "fetch or save the index again.")
        try Data([0x7B, 0xC0]).write(to: indexURL)
        #expect(
            problemOfIndex()
                == "PATH is not JSON at byte 1, where the text is not UTF-8; fetch or save the index again.")
    }

    @Test(arguments: ["{}", "[]", #"{"weight_map":{}}"#, #"{"weight_map":["a"]}"#])
    func indexMustHaveAWeightMap(text: String) throws {
        try writeIndex(text)
        #expect(
            problemOfIndex() == "PATH has no weight_map from tensors to shards; fetch or save the index again.")
    }

    @Test func indexMustNameEachTensorOnce() throws {
        try writeIndex(#"{"weight_map":{"a":"1.safetensors","a":"2.safetensors"}}"#)
        #expect(problemOfIndex() == "PATH names tensor \"a\" more than once; save the checkpoint again.")
    }

    @Test func shardMustBeAString() throws {
        try writeIndex(#"{"weight_map":{"a":1}}"#)
        #expect(
            problemOfIndex() == "PATH must give tensor \"a\" a file name and gives 1; save the checkpoint again.")
    }

    @Test(arguments: ["../x.safetensors", "sub/x.safetensors", "/x.safetensors", #"..\\x.safetensors"#, "..", ".", ""])
    func shardOutsideTheFolderIsRefused(name: String) throws {
        try writeIndex(#"{"weight_map":{"a":"\#(name)"}}"#)
        #expect(
            problemOfIndex()
                == "PATH places tensor \"a\" in \"\(name)\", but a shard must lie in the folder of the index; "
                + "give it a plain file name.")
    }

    @Test func allMissingShardsAreNamed() throws {
        try write("5.safetensors", ["t5"])
        let map = (1...12).map { "\"t\($0)\":\"\($0).safetensors\"" }.joined(separator: ",")
        try writeIndex(#"{"weight_map":{\#(map)}}"#)
        let missing = ["1", "10", "11", "12", "2", "3", "4", "6", "7", "8", "9"].map { "\"\($0).safetensors\"" }
        #expect(
            problemOfIndex()
                == "PATH needs 11 shards that are missing: \(missing.joined(separator: ", ")); fetch them.")
    }

    @Test func tensorsAbsentFromTheirShardAreNamed() throws {
        try write("1.safetensors", ["a"])
        try writeIndex(#"{"weight_map":{"a":"1.safetensors","c":"1.safetensors","b":"1.safetensors"}}"#)
        #expect(
            problemOfIndex()
                == "PATH places 2 tensors in \"1.safetensors\", which lacks \"b\", \"c\"; "
                + "fetch shard and index again from one source.")
    }

    @Test func tensorsThatTheIndexDoesNotPlaceInTheirShardAreNamed() throws {
        try write("1.safetensors", ["a"])
        try write("2.safetensors", ["b"] + (0..<10).map { "extra\($0)" })
        try writeIndex(#"{"weight_map":{"a":"1.safetensors","b":"2.safetensors"}}"#)
        let shown = (0..<8).map { "\"extra\($0)\"" }.joined(separator: ", ")
        #expect(
            problemOfIndex()
                == "PATH does not place in \"2.safetensors\" 10 tensors that it holds, \(shown) and 2 more; "
                + "fetch shard and index again from one source.")
        try write("2.safetensors", ["a", "b"])
        #expect(
            problemOfIndex()
                == "PATH does not place in \"2.safetensors\" 1 tensor that it holds, \"a\"; "
                + "fetch shard and index again from one source.")
    }

    @Test func malformedShardIsNamed() throws {
        let shard = try folder.file([1, 2], named: "1.safetensors")
        try writeIndex(#"{"weight_map":{"a":"1.safetensors"}}"#)
        #expect(
            message(replacing: shard) { _ = try SafetensorsCheckpoint(contentsOf: folder.url) }
                == "PATH is not a valid safetensors file: it has 2 bytes, fewer than the 8 that hold the header's "
                + "length; fetch or save it again.")
    }
}
