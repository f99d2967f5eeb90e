import DurableFiles
import Foundation
import Testing

/// Locks, files that are whole or absent, and folders that take another's place.
@Suite struct DurableFilesTests {
    private func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("durable-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try body(folder)
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    private func text(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    @Test(arguments: [nil, "a.lock"])
    func aLockIsHeldOnceUntilItGoes(file: String?) throws {
        try withFolder { folder in
            var first = try FolderLock(folder, file: file)
            #expect(first != nil)
            #expect(try FolderLock(folder, file: file) == nil)
            first?.release()
            first = try FolderLock(folder, file: file)
            #expect(first != nil, "released by hand")
            first = nil
            #expect(try FolderLock(folder, file: file) != nil, "released with the object")
        }
    }

    @Test func whatCannotBeLockedIsSaid() throws {
        let absent = URL(fileURLWithPath: "/nowhere/at all")
        let failure = #expect(throws: FileFailure.self) { try FolderLock(absent) }
        #expect(failure?.localizedDescription == "/nowhere/at all cannot be opened: no such file or directory.")
    }

    @Test func aFileIsWholeOrAbsent() throws {
        try withFolder { folder in
            let url = folder.appendingPathComponent("table.csv")
            try Data("old".utf8).write(to: url)
            var output: OutputFile? = try OutputFile(url, .taken) { $0 }
            let part = String(repeating: "0123456789", count: 100_000)
            try output?.write(part)
            #expect(try text(url) == "old")
            #expect(try names(folder).count == 2)
            output = nil
            #expect(try names(folder) == ["table.csv"], "what was given up leaves nothing")
            let second = try OutputFile(url, .taken) { $0 }
            try second.write(part)
            try second.write(Data("end".utf8))
            try second.finish()
            #expect(try text(url) == part + "end")
            #expect(try names(folder) == ["table.csv"])
        }
    }

    @Test func aPlaceThatShouldBeEmptyIsNotTaken() throws {
        try withFolder { folder in
            let url = folder.appendingPathComponent("data.json")
            let first = try OutputFile(url) { $0 }
            try first.write("[]")
            try first.finish()
            let failure = #expect(throws: FileFailure.self) { try OutputFile(url) { $0 } }
            #expect(failure?.localizedDescription == "\(url.path) cannot be written: file exists.")
            #expect(try text(url) == "[]")
        }
    }

    @Test func aFullDiskIsSaid() throws {
        let full = FileFailure.full
        #expect(full.localizedDescription == "/dev/full cannot be written: the disk is full.")
    }

    @Test func aFolderTakesThePlaceOfAnother() throws {
        try withFolder { folder in
            let (new, place) = (folder.appendingPathComponent("new"), folder.appendingPathComponent("place"))
            for (url, name) in [(new, "b"), (place, "a")] {
                try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
                try Data().write(to: url.appendingPathComponent(name))
            }
            #expect(exchange(new, place))
            #expect(try names(place) == ["b"])
            #expect(try names(new) == ["a"], "the old one is where the new one was")
            #expect(exchange(new, folder.appendingPathComponent("empty")))
            #expect(try names(folder) == ["empty", "place"])
            #expect(!exchange(new, place), "there is nothing to put there")
        }
    }
}

extension FileFailure {
    /// What a device says on which no byte fits.
    fileprivate static var full: FileFailure {
        let descriptor = open("/dev/full", O_WRONLY)
        defer { close(descriptor) }
        _ = write(descriptor, "x", 1)
        return FileFailure("/dev/full", "written")
    }
}
