import Foundation
import Testing

/// `avar eval score`.
@Suite struct EvalTests {
    @Test func theKitsVectorsUnderBothReadings() throws {
        let file = Command.fixtures.appendingPathComponent("scoring/vectors.jsonl").path
        let reference = try Command.run("eval", "score", "--vectors", file, "--reading", "reference", "--json").json()
        #expect(reference["total"] as? Int == 1500 && reference["agree"] as? Int == 1500)
        #expect((reference["disagree"] as? [Any])?.isEmpty == true)
        // The kit accepts what is wrong and misses what is right: a reading that knows better disagrees.
        let strict = try Command.run("eval", "score", "--vectors", file, "--json").json()
        let disagree = try #require(strict["disagree"] as? [[String: Any]])
        #expect(strict["total"] as? Int == 1500 && disagree.count > 50)
        #expect((strict["agree"] as? Int) == 1500 - disagree.count)
        #expect(
            disagree.allSatisfy { $0["line"] is Int && $0["prediction"] is String && $0["expected_correct"] is Bool })
        let table = try Command.run("eval", "score", "--vectors", file)
        #expect(table.status == 0 && table.output.contains(" of 1500 answers are read as they should be (strict)"))
    }

    @Test func badInputEndsInOneSentence() throws {
        try withTemporaryFolder { folder in
            let missing = try Command.run("eval", "score", "--vectors", "none.jsonl", in: folder)
            #expect(missing.status == 1 && missing.sentence?.contains("none.jsonl: it cannot be read") == true)
            try Data("{\"benchmark\": \"mmstar\"}\n".utf8).write(to: folder.appendingPathComponent("bad.jsonl"))
            let bad = try Command.run("eval", "score", "--vectors", "bad.jsonl", in: folder)
            #expect(bad.status == 1 && bad.sentence?.contains("line 1 has no 'kind'") == true, "\(bad.errors)")
            #expect(
                try Command.run("eval", "score", "--vectors", "bad.jsonl", "--reading", "loose", in: folder).status
                    == 64)
        }
    }
}
