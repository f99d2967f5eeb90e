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
        #expect(try image.encodedWebP(quality: 80) == image.encodedWebP(quality: 80))
    }

    /// A gradient with a disc on it, as smooth as photographs are; without the disc where it would be all edge.
    private static func scene(width: Int, height: Int) throws -> RGBImage {
        let pixels = (0..<height).flatMap { y in
            (0..<width).flatMap { x -> [UInt8] in
                let (fromLeft, fromTop) = (2 * x - width, 2 * y - height)
                if width > 32, fromLeft * fromLeft + fromTop * fromTop < height * height / 4 { return [200, 120, 60] }
                return [UInt8(40 + 150 * x / width), UInt8(60 + 120 * y / height), 140]
            }
        }
        return try RGBImage(width: width, height: height, pixels: pixels)
    }

    /// The root of the mean square of the differences of samples, in levels.
    private func distance(_ image: RGBImage, _ other: RGBImage) -> Double {
        let squares = zip(image.pixels, other.pixels).reduce(0) {
            $0 + (Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1))
        }
        return (Double(squares) / Double(image.pixels.count)).squareRoot()
    }

    /// Odd sizes too: chroma is kept for two pixels by two.
    @Test(arguments: [(160, 120), (121, 77), (1, 1), (1, 33), (16383, 1), (1, 16383)])
    func writtenWebPsDecodeToNearlyTheSameImage(width: Int, height: Int) throws {
        let image = try Self.scene(width: width, height: height)
        let webp = try image.encodedWebP(quality: 90)
        // Lossy: a picture of the kind that ends in a blank.
        #expect(webp.prefix(4) == Data("RIFF".utf8) && webp[8..<16] == Data("WEBPVP8 ".utf8))
        #expect(try RGBImage.size(ofEncoded: webp, name: "a") == (width, height))
        let decoded = try RGBImage(encoded: webp, name: "a")
        #expect((decoded.width, decoded.height) == (width, height))
        #expect(distance(decoded, image) < 6)
    }

    @Test func qualityTradesSizeForNearness() throws {
        let image = try Self.scene(width: 320, height: 240)
        let files = try [0.0, 50, 100].map { try image.encodedWebP(quality: $0) }
        let distances = try files.map { distance(try RGBImage(encoded: $0, name: "a"), image) }
        #expect(files[0].count < files[1].count && files[1].count < files[2].count)
        #expect(distances[0] > distances[1] && distances[1] > distances[2])
        #expect(files[2].count < image.pixels.count / 4)
    }

    @Test func whatWebPCannotHoldIsRefused() throws {
        for (width, height) in [(16384, 1), (1, 16384)] {
            let image = try RGBImage(width: width, height: height, pixels: [UInt8](repeating: 9, count: 3 * 16384))
            #expect(
                throws: ImageError.encoding(
                    width: width, height: height, format: .webp, reason: "a side of a WebP is at most 16383")
            ) { try image.encodedWebP(quality: 80) }
        }
        let image = try Self.scene(width: 4, height: 4)
        for quality in [-0.5, 100.5, .nan, .infinity] {
            #expect(
                throws: ImageError.encoding(
                    width: 4, height: 4, format: .webp, reason: "its quality \(quality) is not from 0 to 100")
            ) { try image.encodedWebP(quality: quality) }
        }
    }
}
