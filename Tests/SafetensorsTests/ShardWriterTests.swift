import Foundation
import Safetensors
import Testing

@Suite struct ShardWriterTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private struct SourceFailure: Error, Equatable {}

    /// Tensors of so many bytes, named "t0", "t1"..., each filled with its number.
    private func tensors(_ byteCounts: [Int]) -> [SafetensorsWriter.Tensor] {
        byteCounts.enumerated().map { position, count in
            .init("t\(position)", .uint8, [count], [UInt8](repeating: UInt8(position), count: count))
        }
    }

    /// The names of the tensors in each file of the folder's checkpoint.
    private func layout() throws -> [[String]] {
        try SafetensorsCheckpoint(contentsOf: folder.url).files.map(\.names)
    }

    @Test func whatFitsBecomesOneFile() throws {
        let urls = try SafetensorsWriter.writeCheckpoint(
            tensors([4, 4, 2]), maximumShardByteCount: 10, to: folder.url)
        #expect(urls.map(\.lastPathComponent) == ["model.safetensors"])
        #expect(try folder.contents() == ["model.safetensors"])
        #expect(try layout() == [["t0", "t1", "t2"]])
    }

    @Test func checkpointWithoutTensorsIsOneFile() throws {
        try SafetensorsWriter.writeCheckpoint([], to: folder.url)
        #expect(try layout() == [[]])
    }

    /// The example of `split_torch_state_dict_into_shards`: 6, 6, 2, 6, 2 and 2 with room for 10.
    @Test func shardsAreFilledInOrderAndLargeTensorsStandAlone() throws {
        try SafetensorsWriter.writeCheckpoint(tensors([6, 6, 2, 6, 2, 2]), maximumShardByteCount: 10, to: folder.url)
        #expect(try layout() == [["t0"], ["t1", "t2"], ["t3", "t4", "t5"]])
        try SafetensorsWriter.writeCheckpoint(tensors([6, 11, 4, 1]), maximumShardByteCount: 10, to: folder.url)
        #expect(try layout() == [["t1"], ["t0", "t2"], ["t3"]])
        let checkpoint = try SafetensorsCheckpoint(contentsOf: folder.url)
        #expect(try checkpoint.withUnsafeBytes(of: "t2", Array.init) == [2, 2, 2, 2])
    }

    @Test func earlierCheckpointIsReplacedWhateverItsForm() throws {
        _ = try folder.file([1], named: "config.json")
        _ = try folder.file([1], named: "model-extra.safetensors")
        let others = ["config.json", "model-extra.safetensors"]
        for (counts, files) in [([5, 5], 2), ([5], 1), ([5, 5, 5], 3), ([5, 5], 2)] {
            try SafetensorsWriter.writeCheckpoint(tensors(counts), maximumShardByteCount: 5, to: folder.url)
            let shards = (1...files).map { "model-0000\($0)-of-0000\(files).safetensors" }
            let expected = files == 1 ? ["model.safetensors"] : shards + ["model.safetensors.index.json"]
            #expect(try folder.contents() == (others + expected).sorted())
            #expect(try layout().joined().sorted() == counts.indices.map { "t\($0)" })
        }
    }

    @Test func checkpointMayBeWrittenOverItselfFromItsMap() throws {
        try SafetensorsWriter.writeCheckpoint(tensors([5, 5, 5]), maximumShardByteCount: 5, to: folder.url)
        let old = try SafetensorsCheckpoint(contentsOf: folder.url)
        try SafetensorsWriter.writeCheckpoint(
            old.files.flatMap { $0.tensors() }, maximumShardByteCount: 100, to: folder.url)
        #expect(try folder.contents() == ["model.safetensors"])
        #expect(
            try SafetensorsCheckpoint(contentsOf: folder.url).withUnsafeBytes(of: "t2", Array.init) == [2, 2, 2, 2, 2])
    }

    @Test func failingSourceLeavesTheEarlierCheckpointAsItWas() throws {
        try SafetensorsWriter.writeCheckpoint(tensors([5, 5]), maximumShardByteCount: 5, to: folder.url)
        let before = try folder.contents()
        let failing = SafetensorsWriter.Tensor(name: "x", dtype: .uint8, shape: [5]) { _ in throw SourceFailure() }
        #expect(throws: SourceFailure()) {
            try SafetensorsWriter.writeCheckpoint(
                tensors([5, 5, 5]) + [failing], maximumShardByteCount: 5, to: folder.url)
        }
        #expect(try folder.contents() == before)
        #expect(try layout() == [["t0"], ["t1"]])
    }

    @Test func impossibleRequestsAreRefused() throws {
        let none: [UInt8] = []
        let requests: [(tensors: [SafetensorsWriter.Tensor], limit: Int, problem: SafetensorsError.WritingProblem)] = [
            ([], 0, .shardLimit(0)),
            (tensors([1]) + tensors([1]), 1, .repeatedName("t0")),
            ([.init("__metadata__", .uint8, [0], none)], 1, .reservedName),
        ]
        for request in requests {
            #expect(throws: SafetensorsError.writing(path: folder.url.path, request.problem)) {
                try SafetensorsWriter.writeCheckpoint(
                    request.tensors, maximumShardByteCount: request.limit, to: folder.url)
            }
        }
        let half = Int.max / 2 + 1 - 300_000_000
        let text = message(replacing: folder.url) {
            try SafetensorsWriter.writeCheckpoint(
                ["a", "b", "c"].map { .init($0, .uint8, [half], none) }, maximumShardByteCount: 1, to: folder.url)
        }
        #expect(text?.contains("the disk is full (9223372036854775807 bytes needed") == true)
        #expect(try folder.contents().isEmpty)
    }
}
