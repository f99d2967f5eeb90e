import Foundation
import Safetensors
import Testing

/// One after the other, because one of them measures memory and the other one takes some.
@Suite(.serialized) struct LargeFileTests {
    /// An 8 GiB file without blocks on disk but the last: reading it whole would show.
    @Test func readingTheEndOfAHugeFileCostsNextToNoMemory() throws {
        let size = 8 << 30
        let header =
            #"{"body":{"dtype":"U8","shape":[\#(size)],"data_offsets":[0,\#(size)]},"#
            + #""tail":{"dtype":"F32","shape":[2],"data_offsets":[\#(size),\#(size + 8)]}}"#
        let folder = try TemporaryFolder()
        let url = try folder.file(file(header: header))
        let start = 8 + header.utf8.count
        #expect(truncate(url.path, off_t(start + size + 8)) == 0)
        let handle = try FileHandle(forWritingTo: url)
        try handle.seek(toOffset: UInt64(start + size))
        try handle.write(contentsOf: Data(littleEndian([Float(1.5), -2])))
        try handle.close()

        let before = try residentByteCount()
        let file = try SafetensorsFile(contentsOf: url)
        #expect(try file.bytes(of: "tail") == littleEndian([Float(1.5), -2]))
        #expect(try file.entry(named: "body").byteRange.count == size)
        let growth = try residentByteCount() - before
        #expect(growth < 100 << 20, "resident memory grew by \(growth) bytes")
    }

    @Test func headerThatNoReaderAcceptsIsRefused() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("model.safetensors")
        let metadata = ["k": String(decoding: Data(repeating: 0x78, count: 100_000_000), as: UTF8.self)]
        #expect(
            message(replacing: url) { try SafetensorsWriter.write([], metadata: metadata, to: url) }
                == "PATH was not written: its header would take 100000032 bytes, more than the 100000000 that readers "
                + "accept; write fewer tensors or shorter metadata into one file.")
        #expect(try folder.contents().isEmpty)
    }

    private func residentByteCount() throws -> Int {
        let fields = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8).split(separator: " ")
        return (Int(fields[1]) ?? 0) * Int(getpagesize())
    }
}
