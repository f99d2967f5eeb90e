import Foundation
import Images
import QwenVL
import Safetensors
import Testing
import Torch

/// Pictures to patches against transformers' `Qwen2VLImageProcessor` (Tests/Fixtures/processor/make_processor.py).
@Suite struct ImageProcessorTests {
    private struct Picture: Decodable {
        let name: String
        let min_pixels: Int
        let max_pixels: Int
        let resized_height: Int
        let resized_width: Int
    }

    private static let folder = fixtures.appendingPathComponent("processor")

    @Test func smartResize() throws {
        let data = try Data(contentsOf: Self.folder.appendingPathComponent("smart-resize.json"))
        let rows = try JSONDecoder().decode([[Int?]].self, from: data)
        #expect(rows.count > 100)
        var refused = 0
        for row in rows {
            let numbers = try row.prefix(4).map { try #require($0) }
            func size() throws -> (height: Int, width: Int) {
                try SmartResize.size(
                    height: numbers[0], width: numbers[1], factor: 28, minPixels: numbers[2], maxPixels: numbers[3])
            }
            if let height = row[4], let width = row[5] {
                #expect(try size() == (height, width), "\(numbers)")
            } else {
                #expect(throws: QwenVLError.self, "\(numbers)") { _ = try size() }
                refused += 1
            }
        }
        #expect(refused > 0)
    }

    /// Pixel values to 1/255 of one grey level: the resized samples are the same integers.
    @Test func pixelValues() throws {
        let list = try Data(contentsOf: Self.folder.appendingPathComponent("pictures.json"))
        let pictures = try JSONDecoder().decode([Picture].self, from: list)
        #expect(pictures.count >= 8)
        for picture in pictures {
            let golden = try SafetensorsFile(
                contentsOf: Self.folder.appendingPathComponent("\(picture.name).safetensors"))
            var configuration = ImageProcessorConfiguration()
            configuration.minPixels = picture.min_pixels
            configuration.maxPixels = picture.max_pixels
            let image = try RGBImage(contentsOf: Self.folder.appendingPathComponent("\(picture.name).png"))
            let (pixelValues, grids) = try ImageProcessor(configuration)([image])
            let grid = try golden.tensor("image_grid_thw").values(as: Int.self)
            #expect(grids == [GridTHW(temporal: grid[0], height: grid[1], width: grid[2])])
            #expect(grids == [GridTHW(height: picture.resized_height / 14, width: picture.resized_width / 14)])
            // A grey level is 1/255 before it is divided by the deviation, of which the smallest is 0.2613.
            let greyLevel = Float(1 / 255.0 / 0.26130258)
            let expected = try golden.tensor("pixel_values").values(as: Float.self)
            let actual = try pixelValues.values(as: Float.self)
            #expect(actual.count == expected.count)
            let difference = zip(actual, expected).reduce(Float(0)) { max($0, abs($1.0 - $1.1)) }
            #expect(difference <= greyLevel / 255, "\(picture.name): \(difference)")
        }
    }

    @Test func severalPicturesFollowEachOther() throws {
        let processor = ImageProcessor(ImageProcessorConfiguration())
        let images = try ["small", "tall"].map {
            try RGBImage(contentsOf: Self.folder.appendingPathComponent("\($0).png"))
        }
        let both = try processor(images)
        let first = try processor([images[0]])
        let second = try processor([images[1]])
        #expect(both.grids == first.grids + second.grids)
        #expect(try both.pixelValues.floats() == first.pixelValues.floats() + second.pixelValues.floats())
    }

    @Test func settingsOfBothKinds() throws {
        func read(_ text: String) throws -> ImageProcessorConfiguration {
            try withTemporaryFolder { folder in
                let url = folder.appendingPathComponent("preprocessor_config.json")
                try Data(text.utf8).write(to: url)
                return try ImageProcessorConfiguration(contentsOf: url)
            }
        }
        let older = try read(#"{"min_pixels": 4000, "max_pixels": 90000}"#)
        #expect((older.minPixels, older.maxPixels) == (4000, 90000))
        let newer = try read(#"{"size": {"shortest_edge": 4000, "longest_edge": 90000}}"#)
        #expect(newer == older)
        let both = try read(#"{"min_pixels": 5000, "size": {"shortest_edge": 4000, "longest_edge": 90000}}"#)
        #expect((both.minPixels, both.maxPixels) == (5000, 90000))
        #expect(sentence { _ = try read(#"{"do_resize": false}"#) }.contains("do_resize"))
        #expect(sentence { _ = try read(#"{"resample": 2}"#) }.contains("resample"))
        #expect(sentence { _ = try read(#"{"min_pixels": 9, "max_pixels": 5}"#) }.contains("max_pixels"))
        #expect(sentence { _ = try read(#"{"image_std": [1, 0, 1]}"#) }.contains("image_std"))
        #expect(sentence { _ = try read("[]") }.contains("not a JSON object"))
    }
}
