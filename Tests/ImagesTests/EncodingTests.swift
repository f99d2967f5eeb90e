import Foundation
import Images
import Testing

@Suite struct EncodingTests {
    @Test func writtenPNGsDecodeToTheSameImage() throws {
        for fixture in try Fixture.all() {
            let png = try fixture.golden.encodedPNG()
            expectEqual(try RGBImage(encoded: png, name: fixture.name), fixture.golden, fixture.name)
        }
    }

    @Test func writtenPNGsBeginAndEndAsTheFormatSays() throws {
        let image = try RGBImage(width: 2, height: 3, pixels: Array(0..<18))
        let png = try image.encodedPNG()
        // Depth 8, colour type 2, no interlace.
        let header = PNGFile.chunk("IHDR", [0, 0, 0, 2, 0, 0, 0, 3, 8, 2, 0, 0, 0])
        #expect(png.prefix(8) == Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]))
        #expect(png.dropFirst(8).prefix(header.count) == header)
        #expect(png.suffix(12) == PNGFile.chunk("IEND", []))
    }

    @Test func oneImageAlwaysBecomesTheSameFile() throws {
        let image = try #require(try Fixture.all().first).golden
        #expect(try image.encodedPNG() == image.encodedPNG())
    }
}
