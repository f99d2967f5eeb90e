import Foundation
import Images
import Testing

/// Files that are no pictures, or no longer, are refused with one sentence that names them.
@Suite struct DamageTests {
    /// JPEG and WebP are read from exactly the lengths from which Pillow reads them.
    ///
    /// A PNG must be whole, where Pillow forgives the last 20 bytes: its orientation may stand behind the picture.
    @Test func everyBeginningOfAFileIsRefusedOrDecodedWhole() throws {
        for fixture in try Fixture.all() {
            let count = fixture.data.count
            let readableFrom = fixture.name.hasSuffix(".png") ? count : fixture.readableFrom
            // Near the ends and round the length in question every cut is tried, elsewhere every seventh.
            for length in 0..<count
            where length % 7 == 0 || length < 48 || length > count - 32 || abs(length - readableFrom) < 8 {
                let beginning = fixture.data.prefix(length)
                let name = "\(fixture.name), \(length) bytes"
                if length >= readableFrom {
                    expectEqual(try RGBImage(encoded: beginning, name: name), fixture.golden, name)
                } else {
                    #expect(throws: ImageError.self, "\(name)") { try RGBImage(encoded: beginning, name: name) }
                }
            }
        }
    }

    @Test(arguments: [
        "baseline-420.jpg", "progressive-444.jpg", "rgb-8.png", "lossy-37x29.webp", "lossless-37x29.webp",
    ])
    func halfAFileIsRefusedInOneSentence(name: String) throws {
        let data = try Fixture.data(name)
        #expect {
            try RGBImage(encoded: data.prefix(data.count / 2), name: name)
        } throws: { error in
            error.localizedDescription.hasSuffix(
                ": the data end before the picture does; replace it or leave it out.")
        }
    }

    @Test func aWrongChecksumIsRefused() throws {
        var data = try Fixture.data("rgb-8.png")
        data[data.count - 13] ^= 1  // The last byte of the last IDAT's checksum.
        #expect(throws: ImageError.undecodable(name: "a", format: .png, reason: "IDAT: CRC error")) {
            try RGBImage(encoded: data, name: "a")
        }
    }

    @Test func twoSizesInOneFileAreRefused() throws {
        // The canvas of a still WebP and its picture disagree.
        var data = try Fixture.data("exif-6.webp")
        data[24] += 1
        let reason = "its picture of 14 x 9 pixels does not fit its canvas of 15 x 9"
        #expect(throws: ImageError.undecodable(name: "a", format: .webp, reason: reason)) {
            try RGBImage(encoded: data, name: "a")
        }
    }

    @Test func samplesOfTwelveBitsAndUnknownComponentsAreRefused() throws {
        let data = try Fixture.data("baseline-444.jpg")
        let frame = try #require(data.firstRange(of: [0xFF, 0xC0])).lowerBound
        for (offset, value, reason) in [
            (4, UInt8(12), "it has 12 bits a sample and only 8 are read"),
            (9, UInt8(2), "it has 2 components and only 1, 3 and 4 are read"),
        ] {
            var changed = data
            changed[frame + offset] = value
            #expect(throws: ImageError.undecodable(name: "a", format: .jpeg, reason: reason)) {
                try RGBImage(encoded: changed, name: "a")
            }
        }
    }

    /// A content and what it is said to look like.
    private static let foreignContents: [(bytes: [UInt8], content: String)] = [
        ([], "an empty file"),
        (ascii("GIF89a") + [1, 0, 1, 0], "a GIF image"),
        (ascii("BM") + [0x46, 0, 0, 0], "a BMP image"),
        ([0x49, 0x49, 0x2A, 0, 8, 0, 0, 0], "a TIFF image"),
        ([0, 0, 0, 0x20] + ascii("ftypavif"), "an AVIF image"),
        ([0, 0, 0, 0x18] + ascii("ftypheic"), "a HEIC image"),
        ([0, 0, 0, 0x18] + ascii("ftypisom"), "a video"),
        (ascii("RIFF") + [4, 0, 0, 0] + ascii("WAVE"), "a RIFF file that is no image"),
        (ascii("\n <!DOCTYPE html><title>404</title>"), "an HTML page"),
        (ascii("<?xml version=\"1.0\"?><svg/>"), "an SVG drawing"),
        (
            ascii("version https://git-lfs.github.com/spec/v1\n"),
            "a Git LFS pointer whose picture has not been fetched"
        ),
        (ascii("data:image/png;base64,iVBORw0"), "a data: URL, not the bytes behind it"),
        (ascii("picture"), "text"),
        ([0xFF, 0xD8], "a JPEG image that is damaged in its first bytes"),
        ([0x89, 0x50, 0x4E, 0x47, 0x0A], "a PNG image that is damaged in its first bytes"),
        ([0, 1, 0xA2], "binary data that begin with 00 01 A2"),
    ]

    @Test(arguments: foreignContents)
    func whatIsNoPictureIsNamed(bytes: [UInt8], content: String) {
        #expect(throws: ImageError.unknownFormat(name: "a", content: content)) {
            try RGBImage(encoded: Data(bytes), name: "a")
        }
        #expect(throws: ImageError.unknownFormat(name: "a", content: content)) {
            try RGBImage.size(ofEncoded: Data(bytes), name: "a")
        }
    }

    @Test func whatIsNoFileIsNamedWithTheReason() {
        let folder = FileManager.default.temporaryDirectory
        let missing = folder.appendingPathComponent("no-such-folder/picture.png")
        #expect(throws: ImageError.file(path: missing.path, reason: "No such file or directory")) {
            try RGBImage(contentsOf: missing)
        }
        #expect(throws: ImageError.file(path: folder.path, reason: "Is a directory")) {
            try RGBImage(contentsOf: folder)
        }
    }

    @Test func everyErrorIsOneSentenceThatSaysWhatToDo() {
        let sentences: [(ImageError, String)] = [
            (.file(path: "a.png", reason: "Is a directory"), "The image a.png cannot be read: Is a directory."),
            (
                .unknownFormat(name: "a.gif", content: "a GIF image"),
                "a.gif looks like a GIF image; only JPEG, PNG and WebP are read, so convert it or leave it out."
            ),
            (
                .undecodable(name: "a.png", format: .png, reason: "it is damaged"),
                "a.png cannot be decoded as PNG: it is damaged; replace it or leave it out."
            ),
            (
                .noPixels(name: "a.png", width: 0, height: 3),
                "a.png has no pixels: its header says 0 x 3; replace it or leave it out."
            ),
            (
                .tooManyPixels(name: "a.png", width: 9, height: 9, limit: 80),
                "a.png has 9 x 9 pixels by its header, more than the limit of 80; scale it down, "
                    + "or raise the limit if you trust it."
            ),
            (
                .sampleCount(width: 2, height: 2, got: 11),
                "An RGB image of 2 x 2 pixels must have a positive width and height and "
                    + "width x height x 3 samples, got 11."
            ),
            (
                .encoding(width: 2, height: 2, format: .png, reason: "there is no memory for the file"),
                "The image of 2 x 2 pixels cannot be written as PNG: there is no memory for the file."
            ),
            (
                .encoding(width: 16384, height: 2, format: .webp, reason: "a side of a WebP is at most 16383"),
                "The image of 16384 x 2 pixels cannot be written as WebP: a side of a WebP is at most 16383."
            ),
        ]
        for (error, sentence) in sentences { #expect(error.localizedDescription == sentence) }
    }

    private static func ascii(_ text: String) -> [UInt8] { Array(text.utf8) }
}
