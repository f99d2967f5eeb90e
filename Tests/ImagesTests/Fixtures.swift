import Foundation
import Images
import Testing

/// One of the files that Tests/Fixtures/images/make_fixtures.py made, and what Pillow sees in it.
struct Fixture: CustomTestStringConvertible {
    let name: String
    let data: Data
    /// What `ImageOps.exif_transpose(Image.open(file)).convert("RGB")` gives.
    let golden: RGBImage
    /// The length of the shortest beginning of the file from which Pillow decodes a picture.
    let readableFrom: Int

    var testDescription: String { name }

    static let directory = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Fixtures/images")

    /// All of them, in the order of the manifest.
    ///
    /// - Throws: if a file is missing, or pixels.bin does not hold exactly the pixels of the manifest.
    static func all() throws -> [Fixture] {
        let pixels = try Data(contentsOf: directory.appendingPathComponent("pixels.bin"))
        var offset = 0
        let fixtures = try manifest().map { entry in
            let end = offset + entry.width * entry.height * 3
            try #require(end <= pixels.count)
            defer { offset = end }
            return Fixture(
                name: entry.file, data: try Data(contentsOf: directory.appendingPathComponent(entry.file)),
                golden: try RGBImage(width: entry.width, height: entry.height, pixels: Array(pixels[offset..<end])),
                readableFrom: entry.readableFrom)
        }
        try #require(offset == pixels.count && fixtures.count > 100)
        return fixtures
    }

    /// The bytes of one of them.
    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: directory.appendingPathComponent(name))
    }

    /// The names of all of them, for parameterized tests; empty without a manifest, which `all()` reports.
    static let names = (try? manifest().map(\.file)) ?? []

    /// One line of manifest.json.
    private struct Entry: Decodable {
        let file: String
        let width: Int
        let height: Int
        let readableFrom: Int

        private enum CodingKeys: String, CodingKey {
            case file, width, height
            case readableFrom = "readable_from"
        }
    }

    private static func manifest() throws -> [Entry] {
        let data = try Data(contentsOf: directory.appendingPathComponent("manifest.json"))
        return try JSONDecoder().decode([Entry].self, from: data)
    }
}

/// Expects one image to have the size and the samples of another, and names the worst sample if it has not.
func expectEqual(
    _ image: RGBImage, _ golden: RGBImage, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
) {
    guard image.width == golden.width, image.height == golden.height, image.pixels.count == golden.pixels.count else {
        Issue.record(
            "\(name) is \(image.width) x \(image.height), expected \(golden.width) x \(golden.height)",
            sourceLocation: sourceLocation)
        return
    }
    let differences = zip(image.pixels, golden.pixels).map { abs(Int($0) - Int($1)) }
    guard let worst = differences.indices.max(by: { differences[$0] < differences[$1] }), differences[worst] > 0
    else { return }
    let (row, column) = (worst / 3).quotientAndRemainder(dividingBy: image.width)
    Issue.record(
        """
        \(name): \(differences.count { $0 > 0 }) samples of \(differences.count) differ, worst at row \(row), \
        column \(column), channel \(worst % 3): \(image.pixels[worst]), expected \(golden.pixels[worst])
        """, sourceLocation: sourceLocation)
}
