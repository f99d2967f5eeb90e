import Foundation
import Images
import QwenVL
import Samples
import Testing

/// Conversations in Parquet as the Hub has them (Tests/Fixtures/parquet/make_parquet.py).
@Suite struct ParquetSamplesTests {
    private static let fixtures = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/parquet")

    @Test(arguments: ["snappy", "zstd", "embedded"])
    func conversations(kind: String) throws {
        let path = Self.fixtures.appendingPathComponent("conversations-\(kind).parquet").path
        let source = try SampleFiles.source(path)
        let entries = try source.entries().map(\.self)
        #expect(entries.map(\.number) == Array(1...25))
        #expect(try source.count() == 25)
        #expect(entries[7].place == "Row 8 of \(path)")
        let sample = try entries[2].sample()
        #expect(sample.id == "2")
        #expect(sample.turns.map(short) == ["user:[2-0.png][2-1.png]What is shown in number 2?", "assistant:Grey 2."])
        let pictures = try sample.messages().flatMap(\.content).compactMap { content -> RGBImage? in
            if case .image(let image) = content { return image }
            return nil
        }
        // The picture's corner is sixteen times its number, which is four times the row's and its own.
        #expect(pictures.map { Int($0.pixels[0]) } == [128, 144])
        // What is damaged says so, with its place.
        func problem(_ row: Int) -> String {
            let place = "Row \(row + 1) of \(path): "
            let text = sentence { _ = try entries[row].sample().messages() }
            return text.hasPrefix(place) ? String(text.dropFirst(place.count)) : text
        }
        #expect(problem(3) == "The sample has 0 images and 3 <image> marks; give one mark for each, or none.")
        #expect(problem(5) == "The sample has no turn of the user.")
        #expect(problem(6).hasSuffix("and has none."))
        #expect(problem(7) == "Image 2 is neither a path nor an object with 'bytes' or 'path'.")
        #expect(problem(8) == "Turn 1 of 'messages' has no 'content' (or 'value') that is a string or a list of items.")
        #expect(problem(9) == "nothing is wrong")
    }

    @Test func rowsAreFoundAgain() throws {
        let source = try ParquetSamples(Self.fixtures.appendingPathComponent("conversations-embedded.parquet"))
        let entries = try source.entries().map(\.self)
        for row in [24, 0, 11, 10, 9, 20] {
            #expect(try entries[row].kept.sample() == entries[row].sample())
            #expect(entries[row].kept.place == entries[row].place)
        }
    }

    /// Where row groups are large, rows are put aside (Tests/Fixtures/samples/make_large_group.py).
    @Test func rowsOfLargeGroupsAreFoundAgain() throws {
        let source = try ParquetSamples(Self.fixtures.appendingPathComponent("../samples/large-group.parquet"))
        let entries = try source.entries().map(\.self)
        #expect(entries.count == 1000)
        let kept = entries.map(\.kept)
        DispatchQueue.concurrentPerform(iterations: 1000) { row in
            let number = (row * 7) % 1000
            let sample = try? kept[number].sample()
            #expect(
                sample?.turns.map(short) == [
                    "user:\(number == 500 ? "[500.png]" : "")What is \(number)?", "assistant:\(number)",
                ])
            #expect(sample?.pictures.isEmpty == (number != 500))
        }
        #expect(try kept[500].sample() == entries[500].sample())
    }
}
