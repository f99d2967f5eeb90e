import ChatServer
import Evaluation
import Foundation
import Testing

/// An evaluation in a process of its own (Tests/TinyEvaluation), killed, starved of room, and gone on with.
@Suite struct StoreKilledTests {
    /// The program lies beside the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("TinyEvaluation")

    /// What came of a run.
    private struct Outcome {
        var status: Int32
        var errors: String
        /// The answers that it said were stored.
        var stored: [String]
    }

    /// Runs it, and kills it at some moment after it has stored the first answer.
    private func run(_ folder: URL, _ arguments: [String] = [], killAfter delay: UInt32? = nil) throws -> Outcome {
        let (process, output, errors) = (Process(), Pipe(), Pipe())
        process.executableURL = Self.executable
        process.arguments = [folder.path] + arguments
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        var stored = Data()
        if let delay {
            stored += output.fileHandleForReading.availableData
            usleep(delay)
            kill(process.processIdentifier, SIGKILL)
        }
        stored += try output.fileHandleForReading.readToEnd() ?? Data()
        let words = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        // A line that was cut by the kill is none.
        let lines = String(decoding: stored, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        return Outcome(
            status: process.terminationStatus, errors: String(decoding: words, as: UTF8.self),
            stored: lines.dropLast().map { String($0) })
    }

    private func stored(_ folder: URL) throws -> Set<String> {
        var keys: Set<String> = []
        try EvaluationStore(reading: folder).forEachItem { item in
            keys.insert("\(item.answer.key.question.index) \(item.answer.key.sample)")
        }
        return keys
    }

    /// Every table of a folder, as bytes.
    private func tables(_ folder: URL) throws -> [Data] {
        let store = try EvaluationStore(reading: folder)
        let file = folder.appendingPathComponent("table")
        return try [
            { try store.exportJSONL(to: file) }, { try store.exportCSV(to: file) },
            { try store.exportPredictions(to: file, of: "Tiny") },
        ].map { export in
            #expect(try export() >= 150)
            return try Data(contentsOf: file)
        }
    }

    @Test func whatIsKilledTwentyTimesEndsWithTheTableOfTheUndisturbed() async throws {
        try await withStoreFolder { folder in
            let (whole, broken) = (folder.appendingPathComponent("whole"), folder.appendingPathComponent("broken"))
            let undisturbed = try run(whole)
            #expect(undisturbed.status == 0 && undisturbed.stored.count == 300, "\(undisturbed.errors)")
            var promised: Set<String> = []
            var kills = 0
            for _ in 0..<20 {
                let outcome = try run(broken, killAfter: .random(in: 0..<10_000))
                #expect(outcome.status == SIGKILL, "\(outcome.errors)")
                // How much is stored in a few milliseconds depends on the disk: kills in the middle are what counts.
                kills += outcome.status == SIGKILL && promised.count + outcome.stored.count < 300 ? 1 : 0
                // Those that failed are tried again; no other answer is stored a second time.
                let again = promised.intersection(outcome.stored).filter { !$0.hasSuffix("7 1") }
                #expect(again.isEmpty, "\(again)")
                promised.formUnion(outcome.stored)
                let kept = try stored(broken)
                #expect(
                    promised.isSubset(of: kept), "what was said to be stored is lost: \(promised.subtracting(kept))")
            }
            #expect(kills >= 10, "\(kills) \(promised.count)")
            let rest = try run(broken)
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(try stored(broken).count == 300)
            let (one, other) = (try tables(whole), try tables(broken))
            #expect(one == other && one.allSatisfy { $0.count > 5000 })
        }
    }

    @Test func answersOfAnEndpointSurviveKillsToo() async throws {
        try await withStoreFolder { folder in
            let server = try ChatServer { question, _ in
                .answer("answer to \(question.text)", to: question).delayed(0.002)
            }
            defer { try? server.stop() }
            var promised: Set<String> = []
            for _ in 0..<5 {
                let outcome = try run(
                    folder.appendingPathComponent("run"), ["--endpoint", server.url], killAfter: .random(in: 0..<60_000)
                )
                promised.formUnion(outcome.stored)
                #expect(promised.isSubset(of: try stored(folder.appendingPathComponent("run"))))
            }
            let kept = try stored(folder.appendingPathComponent("run"))
            let before = server.counts
            let rest = try run(folder.appendingPathComponent("run"), ["--endpoint", server.url])
            #expect(rest.status == 0, "\(rest.errors)")
            #expect(try stored(folder.appendingPathComponent("run")).count == 300)
            // What was stored is not asked again; what was only under way is.
            let after = server.counts
            #expect(kept.count > 5 && kept.allSatisfy { before[$0] == after[$0] })
            #expect(after.count == 300 && after.values.reduce(0, +) <= 300 + 5 * 4)
        }
    }

    /// A file that may not grow stands for a disk that is full.
    @Test func aDiskThatIsFullEndsInASentenceAndKeepsWhatWasStored() async throws {
        try await withStoreFolder { folder in
            let (whole, broken) = (folder.appendingPathComponent("whole"), folder.appendingPathComponent("broken"))
            let outcome = try run(broken, ["--limit", "300000"])
            #expect(outcome.status == 1 && !outcome.stored.isEmpty && outcome.stored.count < 300)
            #expect(
                outcome.errors.hasPrefix("Error: \(broken.path)/evaluation.sqlite cannot be ")
                    && outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            #expect(Set(outcome.stored).isSubset(of: try stored(broken)))
            #expect(try run(broken).status == 0 && run(whole).status == 0)
            #expect(try tables(whole)[2] == tables(broken)[2])
        }
    }
}
