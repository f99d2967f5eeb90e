import Foundation
import Safetensors
import Testing

@Suite struct MemoryMapTests {
    @Test func regionLiesInTheMapItself() throws {
        let url = fixtures.appendingPathComponent("every_dtype.safetensors")
        let file = try SafetensorsFile(contentsOf: url)
        let region = try file.region(of: "float32")
        #expect(Array(region.bytes) == littleEndian([Float(0), 0.5, 1, 1.5, 2, .infinity]))
        #expect(region.owner.bytes.count == (try Data(contentsOf: url)).count)
        let start = try #require(region.owner.bytes.baseAddress)
        #expect(region.bytes.baseAddress == start + region.byteRange.lowerBound)
        #expect(try region.owner === file.region(of: "bool").owner)
        #expect(UInt(bitPattern: start) % UInt(getpagesize()) == 0)
    }

    @Test func ownerKeepsTheMapAfterTheFileObjectIsGone() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("lifetime.safetensors")
        try SafetensorsWriter.write([.init("x", .uint8, [4], [1, 2, 3, 4])], to: url)
        weak var released: SafetensorsFile?
        var region: MappedRegion?
        do {
            let file = try SafetensorsFile(contentsOf: url)
            released = file
            region = try file.region(of: "x")
        }
        #expect(released == nil)
        #expect(try withExtendedLifetime(region) { try isMapped(url) })
        #expect(region.map { Array($0.bytes) } == [1, 2, 3, 4])
        region = nil
        #expect(try !isMapped(url))
    }

    @Test func fileMayBeReplacedWhileItIsMapped() throws {
        let folder = try TemporaryFolder()
        let url = folder.url.appendingPathComponent("model.safetensors")
        try SafetensorsWriter.write([.init("x", .uint8, [3], [1, 2, 3])], to: url)
        let old = try SafetensorsFile(contentsOf: url)
        try SafetensorsWriter.write(old.tensors() + [.init("y", .uint8, [1], [9])], to: url)
        #expect(try old.bytes(of: "x") == [1, 2, 3])
        let new = try SafetensorsFile(contentsOf: url)
        #expect(try new.bytes(of: "x") + new.bytes(of: "y") == [1, 2, 3, 9])
    }

    /// A header whose length is no multiple of 8 is valid, but puts elements at odd places.
    @Test func entryTellsWhetherItsDataAreAligned() throws {
        let entries =
            #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"#
            + #""b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}"#
        let folder = try TemporaryFolder()
        var found: [[Bool]] = []
        for padding in 0..<4 {
            let header = entries + String(repeating: " ", count: padding + 3 - entries.utf8.count % 4)
            let file = try SafetensorsFile(contentsOf: folder.file(file(header: header, dataByteCount: 6)))
            found.append(file.entries.map(\.isAligned))
        }
        #expect(found == [[false, true], [true, true], [false, true], [false, true]])
    }

    private func isMapped(_ url: URL) throws -> Bool {
        // Read to its end through a handle: Foundation takes but one page of a file that says it has size 0.
        let maps = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/self/maps")).readToEnd() ?? Data()
        return String(decoding: maps, as: UTF8.self).contains(url.path)
    }
}
