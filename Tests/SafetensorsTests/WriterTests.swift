import Foundation
import Safetensors
import Testing

@Suite struct WriterTests {
    private let folder: TemporaryFolder
    private let url: URL

    init() throws {
        folder = try TemporaryFolder()
        url = folder.url.appendingPathComponent("model.safetensors")
    }

    private struct SourceFailure: Error, Equatable {}

    private func problem(_ tensors: [SafetensorsWriter.Tensor], metadata: [String: String] = [:]) -> String? {
        message(replacing: url) { try SafetensorsWriter.write(tensors, metadata: metadata, to: url) }
    }

    // MARK: What is written

    @Test func layoutIsWidestFirstThenByNameAndPaddedWithSpaces() throws {
        try SafetensorsWriter.write(
            [.init("b", .uint8, [1], [7]), .init("z", .float32, [], [1, 2, 3, 4]), .init("a", .uint8, [1, 1], [8])],
            metadata: ["k": "v", "a": "\u{7f}\""], to: url)
        let header =
            #"{"__metadata__":{"a":"\#u{7f}\"","k":"v"},"#
            + #""z":{"dtype":"F32","shape":[],"data_offsets":[0,4]},"#
            + #""a":{"dtype":"U8","shape":[1,1],"data_offsets":[4,5]},"#
            + #""b":{"dtype":"U8","shape":[1],"data_offsets":[5,6]}}"#
        let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
        let expected = file(header: header + padding) + [1, 2, 3, 4, 8, 7]
        #expect([UInt8](try Data(contentsOf: url)) == expected)
    }

    @Test func sourcesAreAskedOneAfterTheOtherAndMayComeInPieces() throws {
        var log: [String] = []
        let tensors = ["c", "a", "b"].map { name in
            SafetensorsWriter.Tensor(name: name, dtype: .uint8, shape: [4]) { emit in
                log.append("begin \(name)")
                for piece in [[1, 2, 3], [], [4]] as [[UInt8]] { try piece.withUnsafeBytes(emit) }
                log.append("end \(name)")
            }
        }
        try SafetensorsWriter.write(tensors, to: url)
        #expect(log == ["begin a", "end a", "begin b", "end b", "begin c", "end c"])
        let file = try SafetensorsFile(contentsOf: url)
        #expect(try file.names.map(file.bytes) == [[1, 2, 3, 4], [1, 2, 3, 4], [1, 2, 3, 4]])
        #expect(file.metadata == ["format": "pt"])
    }

    @Test func fileIsReadableAsTheUsersMaskAllows() throws {
        try SafetensorsWriter.write([], to: url)
        let other = folder.url.appendingPathComponent("other")
        close(open(other.path, O_CREAT | O_WRONLY, 0o666))
        let permissions = try [url, other].map {
            try FileManager.default.attributesOfItem(atPath: $0.path)[.posixPermissions] as? Int
        }
        #expect(permissions[0] == permissions[1])
    }

    // MARK: What is refused

    @Test func impossibleTensorsAreRefused() throws {
        let none: [UInt8] = []
        #expect(
            problem([.init("a", .uint8, [1], [1]), .init("a", .int8, [1], [1])])
                == "PATH was not written: two tensors are called \"a\"; give every tensor its own name.")
        #expect(
            problem([.init("__metadata__", .uint8, [1], [1])])
                == "PATH was not written: no tensor may be called \"__metadata__\"; rename it.")
        let impossible: [(tensors: [SafetensorsWriter.Tensor], said: String)] = [
            ([.init("a", .uint8, [3, -1], none)], "\"a\" has the shape [3, -1] of U8"),
            ([.init("a", .uint64, [1 << 60], none)], "\"a\" has the shape [1152921504606846976] of U64"),
            (
                [.init("a", .uint8, [.max / 2], none), .init("b", .uint8, [.max / 2], none)],
                "\"b\" has the shape [4611686018427387903] of U8"
            ),
        ]
        for (tensors, said) in impossible {
            #expect(
                problem(tensors)
                    == "PATH was not written: tensor \(said), which no file can hold; "
                    + "give it dimensions of 0 or more and of a reasonable size.")
        }
        #expect(try folder.contents().isEmpty)
    }

    @Test(arguments: [0, 3, 5])
    func sourceMustSupplyExactlyItsBytes(count: Int) throws {
        try Data("earlier".utf8).write(to: url)
        #expect(
            problem([.init("a", .uint16, [2], [UInt8](repeating: 1, count: count))])
                == "PATH was not written: the source of tensor \"a\" supplied \(count) bytes where its shape takes 4; "
                + "supply exactly as many.")
        #expect(try folder.contents() == ["model.safetensors"])
        #expect(try Data(contentsOf: url) == Data("earlier".utf8))
    }

    @Test func failingSourceLeavesTheEarlierFileAndNothingElse() throws {
        try Data("earlier".utf8).write(to: url)
        #expect(throws: SourceFailure()) {
            try SafetensorsWriter.write(
                [
                    .init("a", .uint8, [1], [1]),
                    .init(name: "b", dtype: .uint8, shape: [1]) { _ in throw SourceFailure() },
                ],
                to: url)
        }
        #expect(try folder.contents() == ["model.safetensors"])
        #expect(try Data(contentsOf: url) == Data("earlier".utf8))
    }

    @Test func fullDiskIsReportedBeforeAnythingIsWritten() throws {
        var asked = false
        let huge = SafetensorsWriter.Tensor(name: "a", dtype: .uint8, shape: [1 << 60]) { _ in asked = true }
        let text = try #require(problem([huge]))
        #expect(
            text.wholeMatch(
                of:
                    /PATH was not written: the disk is full \(1152921504606847\d+ bytes needed, \d+ free\); free some space or choose another folder\./
            ) != nil, "\(text)")
        #expect(!asked)
        #expect(try folder.contents().isEmpty)
    }

    @Test func folderThatCannotBeWrittenIsReported() throws {
        let elsewhere = folder.url.appendingPathComponent("none/model.safetensors")
        #expect(
            message(replacing: elsewhere) { try SafetensorsWriter.write([], to: elsewhere) }
                == "PATH was not written: creating a temporary file beside it failed (No such file or directory); "
                + "check that the folder exists and may be written to.")
        #expect(chmod(folder.url.path, 0o555) == 0)
        defer { chmod(folder.url.path, 0o755) }
        #expect(
            withoutPrivilege { problem([]) }
                == "PATH was not written: creating a temporary file beside it failed (Permission denied); "
                + "check that the folder exists and may be written to.")
    }

    @Test func folderInThePlaceOfTheFileIsReported() throws {
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        #expect(
            problem([])
                == "PATH was not written: renaming the temporary file failed (Is a directory); "
                + "check that the folder exists and may be written to.")
        #expect(try folder.contents() == ["model.safetensors"])
    }
}
