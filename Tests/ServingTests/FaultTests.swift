import Foundation
import Serving
import Testing

@Suite struct FaultTests {
    @Test func sharesAreRead() throws {
        let faults = try Faults(parsing: "429=0.1, stall=0.05,seed=9,retry-after=3,stall-seconds=0.5")
        #expect(faults.shares == [.crowded: 0.1, .stall: 0.05])
        #expect(faults.seed == 9 && faults.retryAfter == 3 && faults.stallSeconds == 0.5)
        #expect(try Faults(parsing: "all=0.24").shares[.json] == 0.04)
        for text in ["429", "429=x", "what=0.1", "cut=-1", "cut=0.6,json=0.6", "all=nan"] {
            #expect(throws: ServingError.self, "\(text)") { () throws in try Faults(parsing: text) }
        }
    }

    /// Asks until every kind of fault was met, and tells how often each was.
    @Test func everyFaultIsMetAsOftenAsAskedFor() async throws {
        var settings = ServingSettings()
        settings.concurrent = 8
        settings.faults = try Faults(parsing: "all=0.3,seed=4,retry-after=2,stall-seconds=0.02")
        try await withServer(ScriptedBackend.saying("yes"), settings) { server in
            var met: [String: Int] = [:]
            for _ in 0..<600 { met[try await outcome(server, streams: false), default: 0] += 1 }
            #expect(met.keys.sorted() == ["200", "429", "500", "lost", "no JSON", "other form"])
            for name in ["429", "500", "no JSON", "other form"] {
                #expect((15...48).contains(met[name] ?? 0), "\(met)")
            }
            // Stalls and cuts both lose the answer.
            #expect((36...88).contains(met["lost"] ?? 0), "\(met)")
            var streamed: Set<String> = []
            for _ in 0..<150 { streamed.insert(try await outcome(server, streams: true)) }
            #expect(streamed == ["200", "429", "500", "lost", "no JSON", "other form"])
        }
    }

    private func outcome(_ server: RunningServer, streams: Bool) async throws -> String {
        let reply: RunningServer.Reply
        do {
            reply = try await server.post(RunningServer.body(#""stream":\#(streams)"#))
        } catch {
            return "lost"
        }
        if reply.status == 429 { #expect(reply.headers.first(name: "Retry-After") == "2") }
        guard reply.status == 200 else { return "\(reply.status)" }
        let objects = streams ? try? reply.chunks : (try? reply.json).map { [$0] }
        guard let objects else { return "no JSON" }
        return objects.allSatisfy { $0["choices"] != nil } ? "200" : "other form"
    }
}
