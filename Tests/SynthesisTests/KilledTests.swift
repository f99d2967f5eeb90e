import ChatServer
import Foundation
import GRDB
import Synthesis
import Testing

/// A synthesis in a process of its own (Tests/TinySynthesis), killed, stopped, and beside another.
@Suite struct KilledTests {
    /// The program lies beside the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("TinySynthesis")

    private func start(_ bench: Bench, _ output: Pipe, _ arguments: [String] = []) throws -> Process {
        let process = Process()
        process.executableURL = Self.executable
        process.arguments = [bench.settingsFile.path] + arguments
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        return process
    }

    /// Runs it to its end.
    private func run(_ bench: Bench, _ arguments: [String] = []) throws -> (status: Int32, words: String) {
        let output = Pipe()
        let process = try start(bench, output, arguments)
        let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, words)
    }

    private static func faulty(_ question: Question, _ before: Int) -> Behaviour {
        Model.fault(question, before, percent: 20) ?? Model.answer(question).delayed(0.002)
    }

    private static let stage = ["idle_timeout: 0.5", "first_delay: 0.001", "concurrency: 8"]

    @Test func whatIsKilledThirtyTimesEndsAsTheUndisturbed() async throws {
        try await withFolder { folder in
            let whole = try Bench(folder.appendingPathComponent("whole", isDirectory: true).made(), questions: 150)
            let calm = try ChatServer { Self.faulty($0, $1) }
            try whole.write(calm.url, stage: Self.stage)
            #expect(try run(whole).status == 0)

            let broken = try Bench(folder.appendingPathComponent("broken", isDirectory: true).made(), questions: 150)
            let server = try ChatServer { Self.faulty($0, $1) }
            try broken.write(server.url, stage: Self.stage)
            var (kills, answered, twice) = (0, Set<String>(), 0)
            for _ in 0..<30 {
                let asked = server.questions.count
                let output = Pipe()
                let process = try start(broken, output, ["--quiet"])
                // As soon as it has asked something, or is through.
                let deadline = Date(timeIntervalSinceNow: 20)
                while server.questions.count <= asked, process.isRunning, Date() < deadline { usleep(1000) }
                usleep(.random(in: 0..<60_000))
                if process.isRunning { kills += 1 }
                kill(process.processIdentifier, SIGKILL)
                process.waitUntilExit()
                // Nothing that the store has is asked again, ever.
                let later = server.questions.dropFirst(asked).map(Self.identity)
                twice += later.count { answered.contains($0) }
                answered = try Self.answered(broken)
            }
            #expect(kills > 10, "\(kills)")
            let asked = server.questions.count
            #expect(try run(broken).status == 0)
            twice += server.questions.dropFirst(asked).count { answered.contains(Self.identity($0)) }
            #expect(twice == 0)
            #expect(try broken.outcomes() == whole.outcomes())
            #expect(try broken.outcomes().count == 150)
            // A kill costs at most what was under way.
            let paid = server.questions.count
            #expect(paid <= calm.questions.count + 31 * 24, "\(paid) and \(calm.questions.count)")
        }
    }

    /// What tells requests apart: model, seed and words.
    private static func identity(_ question: Question) -> String {
        "\(question.string("model") ?? "") \(Int(question.number("seed") ?? -1)) \(question.text)"
    }

    /// The requests that are answered in a store.
    private static func answered(_ bench: Bench) throws -> Set<String> {
        guard let queue = try? DatabaseQueue(path: bench.output.appendingPathComponent(SynthesisStore.fileName).path)
        else { return [] }
        defer { try? queue.close() }
        let rows = try queue.read { try String.fetchAll($0, sql: "SELECT request FROM responses") }
        return Set(
            rows.compactMap { row in
                let object = (try? JSONSerialization.jsonObject(with: Data(row.utf8))) as? [String: Any]
                return
                    "\(object?["model"] as? String ?? "") \(object?["seed"] as? Int ?? -1) \(object?["text"] as? String ?? "")"
            })
    }

    @Test func twoProcessesShareTheWork() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 120)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.01) }
            try bench.write(server.url, stage: ["concurrency: 4"])
            let outputs = [Pipe(), Pipe()]
            let processes = try outputs.map { try start(bench, $0) }
            let words = try outputs.map {
                String(decoding: try $0.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            }
            processes.forEach { $0.waitUntilExit() }
            #expect(processes.map(\.terminationStatus) == [0, 0], "\(words)")
            let done = words.map { $0.split(separator: "\n").count { $0.hasPrefix("accepted ") } }
            #expect(done[0] + done[1] == 120 && done.allSatisfy { $0 > 0 }, "\(done)")
            #expect(server.questions.count == 360)
            #expect(Set(server.questions.map(Self.identity)).count == 360)
        }
    }

    @Test func whatAKilledProcessHeldIsTakenOverByOneThatRuns() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 60)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.05) }
            try bench.write(server.url, stage: ["concurrency: 4"], more: "running:\n  lease: 2")
            let (first, second) = (Pipe(), Pipe())
            let victim = try start(bench, first, ["--quiet"])
            while server.questions.count < 8 { usleep(1000) }
            let heir = try start(bench, second, ["--quiet"])
            usleep(100_000)
            kill(victim.processIdentifier, SIGKILL)
            victim.waitUntilExit()
            _ = try second.fileHandleForReading.readToEnd()
            heir.waitUntilExit()
            #expect(heir.terminationStatus == 0)
            #expect(try bench.outcomes().count { $0.contains(" accepted ") } == 60)
            // Under way is what is asked, and what is answered but not on the disk yet.
            #expect(server.questions.count <= 180 + 24)
        }
    }

    @Test func aProcessWithOtherSettingsIsRefusedUntilTheFirstIsGone() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 12)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.2) }
            try bench.write(server.url, stage: ["concurrency: 1"])
            let output = Pipe()
            let first = try start(bench, output, ["--quiet"])
            while server.questions.count < 3 { usleep(1000) }
            try bench.write(server.url, change: ["anchors": ["temperature: 0.3"]])
            let second = try run(bench)
            #expect(second.status == 1 && second.words.contains("works on"), "\(second.words)")
            #expect(second.words.contains("with other settings; let it end or stop it first"), "\(second.words)")
            // One that was killed holds nobody back, however long its lease.
            kill(first.processIdentifier, SIGKILL)
            first.waitUntilExit()
            let third = try run(bench)
            #expect(third.status == 0, "\(third.words)")
            let made = server.questions.filter { Model.stage($0) == .anchors }.suffix(12)
            #expect(made.allSatisfy { $0.number("temperature") == 0.3 } && Set(made.map(Model.number)).count == 12)
            #expect(try bench.outcomes().count { $0.contains(" accepted ") } == 12)
        }
    }

    @Test func anInterruptEndsItCleanly() async throws {
        try await withFolder { folder in
            let bench = try Bench(folder, questions: 60)
            let server = try ChatServer { question, _ in Model.answer(question).delayed(0.1) }
            try bench.write(server.url, stage: ["concurrency: 4"])
            let output = Pipe()
            let process = try start(bench, output)
            while server.questions.count < 8 { usleep(1000) }
            kill(process.processIdentifier, SIGINT)
            let words = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
            process.waitUntilExit()
            #expect(process.terminationStatus == 0 && words.contains("stopped: the run was interrupted"), "\(words)")
            let asked = server.questions.count
            #expect(try Self.answered(bench).count == asked)
            #expect(try run(bench).status == 0 && server.questions.count == 180)
        }
    }
}

extension URL {
    /// The folder, which is there.
    fileprivate func made() throws -> URL {
        try FileManager.default.createDirectory(at: self, withIntermediateDirectories: true)
        return self
    }
}
