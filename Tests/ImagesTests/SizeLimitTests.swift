import Foundation
import Images
import Testing

/// The word of a header is checked before memory is taken for it.
@Suite struct SizeLimitTests {
    /// Small files whose headers promise far more than the limit: name, bytes, promised width and height.
    private static func giants() throws -> [(name: String, data: Data, width: Int, height: Int)] {
        let png = PNGFile.file(width: 100_000, height: 100_000, chunks: [PNGFile.chunk("IDAT", [0x78, 0x9C])])
        var jpeg = try Fixture.data("baseline-444.jpg")
        let frame = try #require(jpeg.firstRange(of: [0xFF, 0xC0])).lowerBound
        jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xFF, 0xFF, 0xFF])
        // The canvas of an animation may be larger than any frame: sides less one, 24 bits, little end first.
        var webp = try Fixture.data("animated-offset.webp")
        webp.replaceSubrange(24..<30, with: [0x9F, 0x86, 0x01, 0x9F, 0x86, 0x01])
        return [
            ("a.png", png, 100_000, 100_000), ("a.jpg", jpeg, 65_535, 65_535), ("a.webp", webp, 100_000, 100_000),
        ]
    }

    @Test func giantsAreRefusedByTheirHeader() throws {
        for (name, data, width, height) in try Self.giants() {
            #expect(try RGBImage.size(ofEncoded: data, name: name) == (width, height))
            let limit = RGBImage.defaultMaximumPixels
            #expect(throws: ImageError.tooManyPixels(name: name, width: width, height: height, limit: limit)) {
                try RGBImage(encoded: data, name: name)
            }
        }
    }

    #if os(Linux)
        /// Address space is measured, not resident memory: pages that nobody has touched yet count too.
        @Test func giantsTakeNoMemory() throws {
            let smallest = 65_535 * 65_535 * 3
            let before = try peakAddressSpace()
            for (name, data, _, _) in try Self.giants() { _ = try? RGBImage(encoded: data, name: name) }
            #expect(try peakAddressSpace() - before < smallest / 4)
        }
    #endif

    @Test func theLimitItselfIsAllowed() throws {
        let data = try Fixture.data("size-17x33.jpg")
        #expect(try RGBImage(encoded: data, name: "a", maximumPixels: 17 * 33).width == 17)
        #expect(throws: ImageError.tooManyPixels(name: "a", width: 17, height: 33, limit: 17 * 33 - 1)) {
            try RGBImage(encoded: data, name: "a", maximumPixels: 17 * 33 - 1)
        }
    }

    @Test func sidesOfZeroAndProductsBeyondAnIntegerAreRefused() {
        let flat = PNGFile.file(width: 0, height: 5)
        #expect(throws: ImageError.noPixels(name: "a", width: 0, height: 5)) {
            try RGBImage(encoded: flat, name: "a")
        }
        let side = Int(UInt32.max)
        let vast = PNGFile.file(width: .max, height: .max)
        #expect(throws: ImageError.tooManyPixels(name: "a", width: side, height: side, limit: .max)) {
            try RGBImage(encoded: vast, name: "a", maximumPixels: .max)
        }
    }

    @Test(arguments: [(0, 1, 0), (1, -1, 3), (2, 2, 11), (2, 2, 13), (2, 2, 4), (.max, 2, 6)])
    func samplesMustFillTheImage(width: Int, height: Int, count: Int) {
        #expect(throws: ImageError.sampleCount(width: width, height: height, got: count)) {
            try RGBImage(width: width, height: height, pixels: [UInt8](repeating: 0, count: count))
        }
    }

    #if os(Linux)
        /// The most address space this process ever had, in bytes.
        private func peakAddressSpace() throws -> Int {
            let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
            let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") })
            return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) * 1024
        }
    #endif
}
