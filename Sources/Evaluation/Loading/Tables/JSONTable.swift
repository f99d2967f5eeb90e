import Foundation
import Samples
import Synchronization

/// JSON lines, or one JSON list, of objects with the columns of a benchmark.
///
/// As ``TextTable`` it keeps of each record where it lies.
final class JSONTable: BenchmarkTable {
    let url: URL
    let columns: [String]

    private struct State {
        let reader: RecordReader
        var records: [RecordReader.Record] = []
        var isOver = false
        var numbers: [String: Int] = [:]
        var indexed = 0
    }

    private let file: DataFile
    private let unit: String
    // The reader is used by nobody but the state's owner of the moment.
    private let state: Mutex<State>

    /// Opens a file and looks at its first record.
    /// - Throws: `SampleError` if it cannot be read, ``BenchmarkError`` if the first record is no object.
    init(_ url: URL) throws {
        self.url = url
        let reader = try RecordReader(url)
        file = reader.file
        unit = reader.isList ? "Item" : "Line"
        guard let first = reader.record() else { throw BenchmarkError.content("\(url.path) holds no records") }
        let fields: [String: FieldValue]
        do {
            fields = try Self.fields(first, file)
        } catch {
            throw SampleError.entry(place: "\(unit) \(first.number) of \(url.path)", cause: error)
        }
        columns = fields.keys.sorted()
        state = Mutex(State(reader: try RecordReader(url)))
    }

    func rows() throws -> () -> TableRow? {
        var (number, isOver) = (0, false)
        return { [self] in
            guard !isOver else { return nil }
            number += 1
            guard let record = record(number) else {
                isOver = true
                return nil
            }
            return TableRow(number: number, place: "\(unit) \(record.number) of \(url.path)") { [file] in
                try Self.fields(record, file)
            }
        }
    }

    func fields(_ number: Int) throws -> [String: FieldValue] {
        guard let record = record(number) else { throw BenchmarkError.content("There is no record \(number)") }
        return try Self.fields(record, file)
    }

    func number(ofIndex index: String) throws -> Int? {
        state.withLock { state in
            while true {
                if let number = state.numbers[index] { return number }
                guard Self.find(state.indexed + 1, &state) else { return nil }
                let record = state.records[state.indexed]
                state.indexed += 1
                // A record that cannot be read is named when its turn comes.
                if let value = try? Self.fields(record, file)["index"], let text = value.plainText,
                    state.numbers[text] == nil
                {
                    state.numbers[text] = state.indexed
                }
            }
        }
    }

    private func record(_ number: Int) -> RecordReader.Record? {
        state.withLock { state in Self.find(number, &state) ? state.records[number - 1] : nil }
    }

    private static func find(_ count: Int, _ state: inout State) -> Bool {
        while state.records.count < count, !state.isOver {
            if let record = state.reader.record() {
                state.records.append(record)
            } else {
                state.isOver = true
            }
        }
        return state.records.count >= count
    }

    private static func fields(_ record: RecordReader.Record, _ file: DataFile) throws -> [String: FieldValue] {
        if let problem = record.problem { throw BenchmarkError.content(problem) }
        let value: FieldValue
        do {
            value = try FieldValue(json: file.bytes(record.range))
        } catch let error as SampleError {
            throw error
        } catch {
            throw BenchmarkError.content("The record is not valid JSON")
        }
        guard let fields = value.object else { throw BenchmarkError.content("The record is not a JSON object") }
        return fields
    }
}
