import Foundation
import Images
import Testing

/// Turning, spelled out on a picture small enough to see; that the tags are found where Pillow finds them is in
/// ``GoldenTests``.
@Suite struct OrientationTests {
    // Six pixels in two rows, each with its place as its samples: a b c / d e f.
    private static let stored = "abcdef"

    /// The letters of the upright picture, row by row, by the value of the tag.
    @Test(arguments: [
        (1, "abc def"), (2, "cba fed"), (3, "fed cba"), (4, "def abc"), (5, "ad be cf"), (6, "da eb fc"),
        (7, "fc eb da"), (8, "cf be ad"), (0, "abc def"), (9, "abc def"), (65535, "abc def"),
    ])
    func tagTurnsThePicture(value: UInt16, upright: String) throws {
        let pixels = Self.stored.utf8.flatMap { [$0, $0 ^ 0xFF, $0 / 2] }
        let png = try RGBImage(width: 3, height: 2, pixels: pixels).encodedPNG()
        let turned = try RGBImage(encoded: tagged(png, orientation: value), name: "turned")
        let rows = upright.split(separator: " ")
        #expect(turned.height == rows.count)
        #expect(turned.width == rows[0].count)
        let expected = rows.joined().utf8.flatMap { [$0, $0 ^ 0xFF, $0 / 2] }
        #expect(turned.pixels == expected)
    }

    /// The PNG with an eXIf chunk before its end.
    private func tagged(_ png: Data, orientation: UInt16) -> Data {
        let value = [UInt8(orientation >> 8), UInt8(orientation & 0xFF), 0, 0]
        let head: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8]
        let entry: [UInt8] = [0x01, 0x12, 0, 3, 0, 0, 0, 1] + value
        let directory: [UInt8] = [0, 1] + entry + [0, 0, 0, 0]
        return png.dropLast(12) + PNGFile.chunk("eXIf", head + directory) + png.suffix(12)
    }
}
