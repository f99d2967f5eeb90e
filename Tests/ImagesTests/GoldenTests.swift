import Foundation
import Images
import Testing

/// Every fixture decodes to Pillow's very bytes.
///
/// No tolerance: the IDCT, the chroma upsampling and the colour conversion of libjpeg-turbo 2.1.5 (Debian 12) and of
/// the 3.2.0 inside Pillow agree bit for bit on all of the fixtures' samplings, as do PNG and WebP by their formats.
@Suite struct GoldenTests {
    @Test func everyFixtureDecodesToTheBytesOfTheReference() throws {
        for fixture in try Fixture.all() {
            let image = try RGBImage(encoded: fixture.data, name: fixture.name)
            expectEqual(image, fixture.golden, fixture.name)
        }
    }

    @Test func headersGiveTheSizesOfTheDecodedImages() throws {
        for fixture in try Fixture.all() {
            let size = try RGBImage.size(ofEncoded: fixture.data, name: fixture.name)
            #expect(size == (fixture.golden.width, fixture.golden.height), "\(fixture.name)")
        }
    }

    @Test func manifestNamesEveryPicture() throws {
        let files = try FileManager.default.contentsOfDirectory(atPath: Fixture.directory.path)
        let pictures = files.filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") || $0.hasSuffix(".webp") }
        #expect(Set(pictures) == Set(Fixture.names))
    }

    @Test func filesAreReadByTheirContentWhateverTheirName() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("images-\(UUID().uuidString).jpg")
        defer { try? FileManager.default.removeItem(at: url) }
        for name in ["baseline-420.jpg", "rgba-8.png", "lossy-37x29.webp"] {
            let data = try Fixture.data(name)
            try data.write(to: url)
            #expect(try RGBImage(contentsOf: url) == RGBImage(encoded: data, name: name), "\(name)")
        }
    }

    @Test func slicesOfDataDecodeLikeWholeOnes() throws {
        for fixture in try Fixture.all() where !fixture.name.contains("trailing") {
            let slice = (Data("before".utf8) + fixture.data).dropFirst(6)
            #expect(slice.startIndex == 6)
            expectEqual(try RGBImage(encoded: slice, name: fixture.name), fixture.golden, fixture.name)
        }
    }

    @Test func manyTasksDecodeAtOnce() async throws {
        let fixtures = try Fixture.all()
        let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    // Each task begins elsewhere, so that different codecs meet.
                    try fixtures.indices.count { index in
                        let fixture = fixtures[(index + task * 7) % fixtures.count]
                        return try RGBImage(encoded: fixture.data, name: fixture.name) != fixture.golden
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(wrong == 0)
    }
}
