import Foundation
import Testing

/// A training in a process of its own (Tests/TinyTraining), killed, starved of room, and gone on with.
@Suite struct KilledTrainingTests {
    /// The program lies beside the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("TinyTraining")

    private func withFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    /// Runs it, with `meanwhile` once it has begun, and gives its status and what it says of a failure.
    private func run(
        _ folder: URL, _ arguments: String..., meanwhile: ((Process) -> Void)? = nil
    ) throws -> (status: Int32, errors: String) {
        let ready = FileManager.default.temporaryDirectory.appendingPathComponent("avar-ready-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: ready) }
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = Self.executable
        process.arguments = [folder.path] + arguments + ["--ready", ready.path]
        process.standardError = pipe
        try process.run()
        if let meanwhile {
            let deadline = Date().addingTimeInterval(60)
            while !FileManager.default.fileExists(atPath: ready.path), process.isRunning, Date() < deadline {
                usleep(1000)
            }
            meanwhile(process)
        }
        let errors = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: errors, as: UTF8.self))
    }

    private func names(_ folder: URL) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []).sorted()
    }

    /// The log without what is said of time and process.
    private func log(_ folder: URL) throws -> [NSDictionary] {
        try String(contentsOf: folder.appendingPathComponent("log.jsonl"), encoding: .utf8).split(separator: "\n").map {
            var entry = try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            for key in ["seconds", "seconds_left", "live_tensors", "resident_mebibytes"] {
                #expect(entry.removeValue(forKey: key) is Double, "\(key)")
            }
            return entry as NSDictionary
        }
    }

    private func expectSame(_ one: URL, _ other: URL) throws {
        #expect(names(one) == names(other))
        for state in names(one) where state.hasPrefix("step-") {
            let files = names(one.appendingPathComponent(state)).filter { $0 != "model" }
            #expect(files.count == 7, "\(files)")
            for file in files where file != "window.json" && file != "manifest.json" {
                let bytes = try [one, other].map { try Data(contentsOf: $0.appendingPathComponent("\(state)/\(file)")) }
                #expect(bytes[0] == bytes[1] && !bytes[0].isEmpty, "\(state)/\(file)")
            }
            #expect(names(other.appendingPathComponent("\(state)/model")) == ["model.bin"])
        }
        let best = try [one, other].map {
            try FileManager.default.destinationOfSymbolicLink(atPath: $0.appendingPathComponent("best").path)
        }
        #expect(best[0] == best[1] && names(one).contains(best[0]))
        let lines = try [log(one), log(other)]
        #expect(lines[0] == lines[1] && lines[0].count > 15)
        #expect(lines[0].compactMap { $0["skipped"] as? Int } == [1, 2])
        #expect(Set(lines[0].compactMap { $0["metrics"] as? [String: Double] }.flatMap(\.keys)).count == 3)
    }

    @Test func whatIsKilledAtAnyMomentEndsAsTheUndisturbed() throws {
        try withFolder { folder in
            let (whole, broken) = (folder.appendingPathComponent("whole"), folder.appendingPathComponent("broken"))
            let outcome = try run(whole)
            #expect(outcome.status == 0, "\(outcome.errors)")
            var (kills, insideSaves) = (0, 0)
            for round in 0..<14 {
                let outcome = try run(broken, names(broken).contains("settings.txt") ? "--resume" : "--") { process in
                    if round % 2 == 0 {
                        usleep(UInt32.random(in: 0..<120_000))
                    } else {
                        // The moment at which a state is being written.
                        let skips = Int.random(in: 0..<4)
                        var (seen, wasThere) = (0, false)
                        while process.isRunning && seen <= skips {
                            let isThere = names(broken).contains { $0.hasPrefix(".step-") }
                            if isThere && !wasThere { seen += 1 }
                            wasThere = isThere
                            usleep(200)
                        }
                        usleep(UInt32.random(in: 0..<2000))
                        if process.isRunning { insideSaves += 1 }
                    }
                    kill(process.processIdentifier, SIGKILL)
                }
                if outcome.status == 0 { break }
                #expect(outcome.status == SIGKILL, "\(outcome.errors)")
                kills += 1
            }
            #expect(kills >= 5 && insideSaves >= 2, "\(kills) \(insideSaves)")
            let rest = try run(broken, "--resume")
            #expect(rest.status == 0, "\(rest.errors)")
            try expectSame(whole, broken)
        }
    }

    /// A file that may not grow stands for a disk that is full in the middle of a write.
    @Test func whatFindsNoRoomKeepsTheStateBefore() throws {
        try withFolder { folder in
            let (whole, broken) = (folder.appendingPathComponent("whole"), folder.appendingPathComponent("broken"))
            #expect(try run(whole).status == 0)
            let outcome = try run(broken, "--limit-after", "13")
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.hasPrefix("Error: \(broken.path): the state after step 15 was not saved, because ")
                    && outcome.errors.hasSuffix("; when that is mended, --resume goes on from step 12\n"),
                "\(outcome.errors)")
            #expect(!names(broken).contains { $0.hasPrefix(".") } && names(broken).contains("step-12"))
            #expect(try run(broken, "--resume").status == 0)
            try expectSame(whole, broken)
        }
    }

    /// A disk of its own that is too small; left out where nothing may be mounted.
    @Test func aDiskThatIsFullIsNamed() throws {
        try withFolder { folder in
            func mount(_ arguments: String...) -> Bool {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
                process.arguments = arguments
                process.standardError = FileHandle.nullDevice
                guard (try? process.run()) != nil else { return false }
                process.waitUntilExit()
                return process.terminationStatus == 0
            }
            guard geteuid() == 0, mount("mount", "-t", "tmpfs", "-o", "size=400k", "none", folder.path) else { return }
            defer { _ = mount("umount", folder.path) }
            let outcome = try run(folder.appendingPathComponent("out"))
            #expect(outcome.status == 1)
            #expect(
                outcome.errors.contains("was not saved, because the disk is full (0.1 MiB needed, 0."),
                "\(outcome.errors)")
            #expect(outcome.errors.split(separator: "\n").count == 1)
            let left = names(folder.appendingPathComponent("out"))
            #expect(!left.contains { $0.hasPrefix(".") } && left.contains { $0.hasPrefix("step-") }, "\(left)")
        }
    }
}
