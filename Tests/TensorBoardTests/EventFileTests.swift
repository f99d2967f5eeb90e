import Foundation
import TensorBoard
import Testing

/// Files in folders: named, added to, cut back.
@Suite struct EventFileTests {
    private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-events-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    /// The event files of a folder, in order, and how many other files there are.
    private func files(_ folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            .map { folder.appendingPathComponent($0) }
    }

    private func steps(_ file: URL) throws -> [Int?] {
        let bytes = [UInt8](try Data(contentsOf: file))
        let records = RecordFraming.records(in: bytes[...])
        #expect(records.last?.place.upperBound == bytes.count)
        return records.map { Event.step(of: $0.data) }
    }

    private func write(_ steps: some Sequence<Int>, _ folder: URL, resumingAt step: Int? = nil) throws -> URL {
        let file = try EventFile(folder: folder, resumingAt: step)
        for step in steps { try file.append([.scalar("loss", 1 / Double(step))], step: step) }
        return file.url
    }

    @Test func namesSayWhenWhereAndByWhom() throws {
        try withFolder { folder in
            let before = Int(Date().timeIntervalSince1970)
            let file = try write(1...2, folder)
            let parts = file.lastPathComponent.split(separator: ".")
            #expect(parts.prefix(3) == ["events", "out", "tfevents"])
            let seconds = try #require(Int(parts[3]))
            #expect(parts[3].count == 10 && (before...before + 60).contains(seconds))
            #expect(parts.suffix(2) == ["\(getpid())", "0"])
            #expect(try steps(file) == [0, 0, 1, 2])
        }
    }

    @Test func aNewFileIsReadAfterAllOthers() throws {
        try withFolder { folder in
            // Of a machine whose clock is ahead.
            let ahead = folder.appendingPathComponent("events.out.tfevents.2900000000.elsewhere.7.0")
            try Data(Event(time: 1, step: 3, .version).record).write(to: ahead)
            var last = ahead.lastPathComponent
            for _ in 0..<3 {
                let name = try write([], folder).lastPathComponent
                #expect(name > last)
                last = name
            }
        }
    }

    @Test func everyAppendIsOneRecord() throws {
        try withFolder { folder in
            let file = try EventFile(folder: folder)
            try file.append([.scalar("a", 1), .scalar("b", 2), .text("c", markdown: "d")], step: 1)
            try file.append([], step: 2)
            #expect(try steps(file.url) == [0, 0, 1])
        }
    }

    @Test func resumingCutsEveryFileBack() throws {
        try withFolder { folder in
            let other = folder.appendingPathComponent("log.jsonl")
            try Data("kept".utf8).write(to: other)
            let first = try write(1...10, folder)
            let second = try write(7...9, folder, resumingAt: 6)
            #expect(try steps(first) == [0, 0, 1, 2, 3, 4, 5, 6])
            #expect(try steps(second) == [0, 7, 7, 8, 9])
            let third = try write([5, 6], folder, resumingAt: 4)
            #expect(try steps(first) == [0, 0, 1, 2, 3, 4])
            #expect(try steps(second) == [0])
            #expect(try steps(third) == [0, 5, 5, 6])
            #expect(try files(folder).count == 4)
            #expect(try Data(contentsOf: other) == Data("kept".utf8))
            // Nothing is cut where nothing is gone on with.
            _ = try write([], folder)
            #expect(try steps(third) == [0, 5, 5, 6])
        }
    }

    @Test func stepsOutOfOrderAreKeptByTheirStep() throws {
        try withFolder { folder in
            let file = try write([1, 4, 2, 5, 3], folder)
            _ = try write([], folder, resumingAt: 3)
            #expect(try steps(file) == [0, 0, 1, 2, 3])
        }
    }

    /// A process may be killed within any record, the first one too.
    @Test func halfWrittenRecordsGo() throws {
        let whole = try withFolder { try Data(contentsOf: write(1...3, $0)) }
        let ends = RecordFraming.records(in: [UInt8](whole)[...]).map(\.place.upperBound)
        #expect(ends.count == 5)
        for count in 0..<whole.count {
            try withFolder { folder in
                let file = folder.appendingPathComponent("events.out.tfevents.1800000000.here.1.0")
                try whole.prefix(count).write(to: file)
                _ = try write([4], folder, resumingAt: 3)
                let kept = ends.last { $0 <= count }
                let found = try? Data(contentsOf: file)
                #expect(found == kept.map { whole.prefix($0) }, "\(count) bytes")
                #expect(try files(folder).count == (kept == nil ? 1 : 2))
            }
        }
    }

    @Test func whatCannotBeWrittenIsSaidWithItsFile() throws {
        try withFolder { folder in
            let missing = folder.appendingPathComponent("none")
            for step in [nil, 3] {
                let error = #expect(throws: EventFileError.self) { try EventFile(folder: missing, resumingAt: step) }
                #expect(error?.localizedDescription == "\(missing.path): the folder cannot be read, or is not there")
            }
            // A folder in place of a file.
            let taken = folder.appendingPathComponent("events.out.tfevents.1800000000.here.1.0")
            try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: false)
            let error = #expect(throws: EventFileError.self) { try EventFile(folder: folder, resumingAt: 3) }
            #expect(error?.localizedDescription.hasPrefix("\(taken.path): it cannot be read") == true)
        }
    }
}
