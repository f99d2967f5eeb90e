import ColdStart
import Foundation
import Images
import QwenVL
import RandomNumbers
import Samples
import SettingsFiles
import Testing

/// How data are read while a training goes on.
@Suite struct DataReadingTests {
    private let folder: DataFolder

    init() throws { folder = try DataFolder() }

    private func mixed() throws -> ColdStartData {
        var lines: [String] = []
        for index in 0..<20 {
            let image = try folder.picture("\(index).png", grey: UInt8(index * 10), width: 40 + index)
            let bytes = try image.encodedPNG().base64EncodedString()
            lines.append(#"{"problem": "q \#(index)", "images": ["\#(index).png"], "answer": "\#(index)"}"#)
            lines.append(#"{"problem": "q \#(index)", "images": [{"bytes": "\#(bytes)"}], "answer": "\#(index)"}"#)
            lines.append(#"{"problem": "q \#(index)", "answer": "\#(index)"}"#)
        }
        return try folder.data(folder.lines(lines))
    }

    @Test func whatIsPreparedIsWhatIsAskedFor() throws {
        let data = try mixed()
        let plan = try data.plan(seed: 1)
        let batch: @Sendable (Int) -> [Int]? = { number in
            number < 12 ? plan.indices(at: number * 5..<number * 5 + 5) : nil
        }
        let prefetcher = DataPrefetcher(data, batch: batch)
        // Also steps that nobody expected.
        for number in [0, 1, 2, 3, 7, 8, 2, 10, 11] {
            let direct = try (batch(number) ?? []).map { try InputNumbers(data.input($0)) }
            #expect(try prefetcher.inputs(number).map { try InputNumbers($0) } == direct)
        }
        #expect(try prefetcher.inputs(12).isEmpty)
    }

    @Test func anErrorArrivesAtTheBatchThatNeedsIt() throws {
        let data = try mixed()
        let prefetcher = DataPrefetcher(data) { $0 < 10 ? [$0 * 3] : nil }
        _ = try prefetcher.inputs(0)
        try FileManager.default.removeItem(at: folder.url.appendingPathComponent("2.png"))
        #expect(try prefetcher.inputs(1).count == 1)
        #expect(
            folder.sentence { _ = try prefetcher.inputs(2) }
                == "Line 7 of data.jsonl: The image 2.png cannot be read: No such file or directory.")
        #expect(try prefetcher.inputs(3).count == 1)
    }

    @Test func severalThreadsMayRead() throws {
        let data = try mixed()
        let expected = try data.entries.indices.map { try data.input($0).inputIDs }
        DispatchQueue.concurrentPerform(iterations: 120) { index in
            #expect((try? data.input(index % 60).inputIDs) == expected[index % 60])
        }
    }

    @Test func parquetIsLearnedFromAsWell() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/parquet/conversations-embedded.parquet")
        let data = try folder.data(SampleFiles.source(file.path), onBadSample: .skip)
        #expect(data.problems.map { $0.place.prefix(6) } == ["Row 4 ", "Row 6 ", "Row 7 ", "Row 8 ", "Row 9 "])
        #expect(data.entries.count == 20)
        for index in data.entries.indices.reversed() {
            #expect(try data.input(index).inputIDs.count == data.entries[index].tokens)
        }
    }

    /// Two hundred megabytes of pictures pass through, and are gone.
    @Test(arguments: ["lines.jsonl", "list.json"])
    func memoryDoesNotGrowWithTheData(name: String) throws {
        let url = folder.url.appendingPathComponent(name)
        let isList = name == "list.json"
        try Data().write(to: url)
        let file = try FileHandle(forWritingTo: url)
        var random = SplitMix64(seed: 1)
        let noise = (0..<700 * 700 * 3).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let bytes = try RGBImage(width: 700, height: 700, pixels: noise).encodedPNG().base64EncodedString()
        let count = 200_000_000 / bytes.utf8.count + 1
        try file.write(contentsOf: Data((isList ? "[" : "").utf8))
        for index in 0..<count {
            let line = #"{"problem": "q\#(index)", "images": [{"bytes": "\#(bytes)"}], "answer": "r"}"#
            try file.write(contentsOf: Data((line + (isList ? (index + 1 < count ? "," : "]") : "\n")).utf8))
        }
        try file.close()
        let before = try peakMemory()
        let data = try folder.data(SampleFiles.source(url.path), maximumTokens: 2000, checkPictures: .header)
        #expect(data.entries.count == count)
        let grown = try peakMemory() - before
        #expect(grown < 60_000_000, "\(grown) bytes more, of \(count) pictures")
        #expect(try data.input(count - 1).grids.count == 1)
    }

    /// The most memory that this process ever had, in bytes.
    private func peakMemory() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(whereSeparator: { !$0.isNumber }).first ?? "")) * 1024
    }

    @Test func settingsAreRead() throws {
        func settings(_ text: String) throws -> DataSettings {
            let file = try SettingsFile(text: text, path: "sft.yaml")
            let settings = try DataSettings(file.root)
            try file.root.finish()
            return settings
        }
        #expect(try settings("maximum_tokens: 9") == DataSettings(maximumTokens: 9))
        #expect(
            try settings("maximum_tokens: 9\non_bad_sample: skip\nsystem: none\ncheck_pictures: header")
                == DataSettings(maximumTokens: 9, onBadSample: .skip, system: .none, checkPictures: .header))
        #expect(try settings("maximum_tokens: 9\nsystem: be brief").system == .text("be brief"))
        #expect(
            folder.sentence { _ = try settings("maximum_tokens: 9\non_bad_sample: stop") }
                == "sft.yaml, line 2: 'on_bad_sample' is 'stop', it must be fail or skip")
        _ = try folder.lines(["{}"])
        let list = try SettingsFile(
            text: "data:\n- path: data.jsonl\n  weight: 2\n- path: data.jsonl", path: "sft.yaml")
        let sources = try WeightedSource.list(list.root.list("data"), relativeTo: folder.url)
        #expect(sources.map(\.weight) == [2, nil])
        #expect(sources[0].source.name == folder.url.appendingPathComponent("data.jsonl").path)
    }
}
