import Foundation
import TensorBoard
import Testing

/// Bytes of event files against those of TensorBoard's own writer (Tests/Fixtures/tensorboard/make_events.py).
@Suite struct EncodingTests {
    /// The check values of RFC 3720, B.4, and the customary one.
    @Test func checksumsAreThoseOfTheStandard() {
        #expect(CRC32C.checksum([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
        #expect(CRC32C.checksum([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
        #expect(CRC32C.checksum(UInt8(0)..<32) == 0x46DD_794E)
        #expect(CRC32C.checksum((UInt8(0)..<32).reversed()) == 0x113F_DB5C)
        #expect(CRC32C.checksum("123456789".utf8) == 0xE306_9283)
        #expect(CRC32C.checksum([]) == 0)
        #expect(CRC32C.masked([]) == 0xA282_EAD8)
    }

    /// An entry of events.json.
    private struct Entry: Decodable {
        struct Value: Decodable {
            var tag: String
            var scalar: Double?
            var text: String?
        }

        var time: Double
        var step: Int
        var version: Bool?
        var start: Bool?
        var values: [Value]?

        var event: Event {
            if version != nil { return Event(time: time, step: step, .version) }
            if start != nil { return Event(time: time, step: step, .start) }
            let found = values ?? []
            return Event(
                time: time, step: step,
                .values(
                    found.map { value in
                        value.scalar.map { .scalar(value.tag, $0) } ?? .text(value.tag, markdown: value.text ?? "")
                    }))
        }
    }

    private static func entries() throws -> [Entry] {
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "Infinity", negativeInfinity: "-Infinity", nan: "NaN")
        return try decoder.decode([Entry].self, from: Data(contentsOf: fixtures.appendingPathComponent("events.json")))
    }

    @Test func recordsAreThoseOfTensorBoard() throws {
        let golden = try Data(contentsOf: fixtures.appendingPathComponent("events.bin"))
        let entries = try Self.entries()
        let records = RecordFraming.records(in: [UInt8](golden)[...])
        #expect(entries.count == 19 && records.count == entries.count)
        #expect(records.last?.place.upperBound == golden.count)
        for (entry, record) in zip(entries, records) {
            #expect(entry.event.record == Array(golden[record.place]), "\(entry)")
            #expect(Event.step(of: record.data) == entry.step)
        }
    }

    @Test func damageIsFoundWhereverItIs() throws {
        let golden = [UInt8](try Data(contentsOf: fixtures.appendingPathComponent("events.bin")))
        let records = RecordFraming.records(in: golden[...])
        let last = try #require(records.dropLast().last)
        for index in last.place {
            var bytes = golden
            bytes[index] ^= 0x10
            #expect(RecordFraming.records(in: bytes[...]).count == records.count - 2, "byte \(index)")
        }
        // A length beyond all bounds, with the checksum that belongs to it.
        let length = [UInt8](repeating: 0xFF, count: 8)
        let checksum = withUnsafeBytes(of: CRC32C.masked(length).littleEndian) { Array($0) }
        #expect(RecordFraming.records(in: (length + checksum + [1, 2, 3, 4, 5])[...]).isEmpty)
    }

    @Test func whatIsNoMessageHasNoStep() {
        #expect(Event.step(of: []) == 0)
        for bytes in [[0x10], [0x10, 0x80], [0x09, 1, 2], [0x2A, 5, 1], [0x15, 0], [0x13]] as [[UInt8]] {
            #expect(Event.step(of: bytes[...]) == nil, "\(bytes)")
        }
    }

    @Test func settingsAreShownLetterByLetter() {
        let value = EventFile.Value.preformatted("settings", "a: 1\r\n```\n\n  b: '*'")
        #expect(value == .text("settings", markdown: "    a: 1\n    ```\n    \n      b: '*'"))
    }
}

/// Where the goldens are.
let fixtures = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Fixtures/tensorboard")
