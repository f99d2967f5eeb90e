import Dispatch
import Foundation
import Microworld
import OracleServing
import Reports
import Requests
import Serving
import Synchronization
import Synthesis

/// Visual-anchored reflection data of a few questions, made over real sockets by the oracle behind a server that fails now and then.
struct SynthesisStep: DemoStep {
    private static let questions = 60

    private struct Value: Encodable {
        let funnel: Funnel
        let samples: Int
    }

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let folder = context.folder.appendingPathComponent("synthesis", isDirectory: true)
        try Files.makeFolder(folder)
        let source = QuestionSource(split: .train)
        var oracle = OracleSettings()
        oracle.slips = 0.1
        let backend = try OracleBackend(OracleCatalogue([source], limit: Self.questions), settings: oracle)
        var settings = ServingSettings()
        (settings.concurrent, settings.waiting) = (64, 256)
        settings.faults = try Faults(parsing: "429=0.05,500=0.05,cut=0.05,retry-after=0")
        let outcome = try Self.serving(backend, settings) { port in
            let file = folder.appendingPathComponent("settings.yaml")
            try Files.write(Data(Self.text(port).utf8), to: file)
            return try SynthesisSession(file).run(asks: true, retriesFailures: true, json: false, isQuiet: true)
        }
        let funnel = outcome.funnel
        let rejected = funnel.rejectedBy.sorted { $0.key < $1.key }.map { "\($0.value) by \($0.key)" }
        let requests = funnel.stages.reduce(0) { $0 + $1.requests }
        let failures = funnel.stages.reduce(0) { $0 + $1.failures }
        let told =
            "\(funnel.samples) questions, \(requests) requests of which \(failures) failed on purpose: "
            + "\(funnel.accepted) samples accepted, \(funnel.rejected) rejected"
            + (rejected.isEmpty ? "" : " (\(rejected.joined(separator: ", ")))")
        return DemoPart(
            name: "synthesis", value: Value(funnel: funnel, samples: outcome.dataset.samples),
            lines: ["Reasoning that looks back, synthesized through the oracle over HTTP", told],
            facts: [
                Summary.Row(
                    "Synthesized samples", "\(outcome.dataset.samples) of \(funnel.samples)",
                    note: "through an oracle, which is no model; every stage is in synthesis/report.html")
            ],
            sections: [])
    }

    private static func text(_ port: Int) -> String {
        let stage =
            "{endpoint: 'http://127.0.0.1:\(port)/v1', model: \(OracleBackend.name), retries: 12, first_delay: 0.05}"
        return """
            output: .
            data: [{path: 'microworld:train', count: \(questions)}]
            stages:
              description: \(stage)
              reasoning: \(stage)
              anchors: \(stage)

            """
    }

    /// Serves while something is done.
    private static func serving<Found>(
        _ backend: OracleBackend, _ settings: ServingSettings, _ body: (Int) throws -> Found
    ) throws -> Found {
        let server = try ChatServer(backend: backend, settings: settings)
        let box = PortBox()
        let task = Task {
            do {
                try await server.run(stopsOnSignals: false) { box.set(.success($0)) }
            } catch {
                box.set(.failure(error))
            }
        }
        defer {
            try? Waiting.result {
                await server.stop()
                await task.value
            }
        }
        return try body(box.wait().get())
    }

    /// Where a server that begins tells its port.
    private final class PortBox: Sendable {
        private let found = Mutex<Result<Int, any Error>?>(nil)
        private let isThere = DispatchSemaphore(value: 0)

        func set(_ result: Result<Int, any Error>) {
            let isFirst = found.withLock { found in
                defer { found = found ?? result }
                return found == nil
            }
            if isFirst { isThere.signal() }
        }

        func wait() -> Result<Int, any Error> {
            isThere.wait()
            return found.withLock { $0 } ?? .failure(CancellationError())
        }
    }
}
