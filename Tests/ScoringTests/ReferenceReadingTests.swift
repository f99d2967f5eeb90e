import Foundation
import Scoring
import Testing

/// The reference reading beside what VLMEvalKit's own functions found (Tests/Fixtures/scoring/make_vectors.py).
@Suite struct ReferenceReadingTests {
    private static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private func outcome(_ file: URL) throws -> ScoringVectors.Outcome {
        try ScoringVectors(contentsOf: file).outcome(of: ReferenceReading())
    }

    @Test func agreesWithTheKitOnEveryVector() throws {
        let found = try outcome(Self.package.appendingPathComponent("Tests/Fixtures/scoring/vectors.jsonl"))
        #expect(found.total == 1500)
        #expect(found.agree == found.total, "\(found.disagree.prefix(5))")
    }

    /// The vectors that lie beside the checkout, where they do.
    @Test func agreesWithTheSharedVectors() throws {
        let file = Self.package.deletingLastPathComponent().appendingPathComponent("shared/scoring-vectors.jsonl")
        guard FileManager.default.fileExists(atPath: file.path) else { return }
        let found = try outcome(file)
        #expect(found.total > 100 && found.agree == found.total, "\(found.disagree.prefix(5))")
    }

    @Test func aBadVectorIsNamedByItsLine() throws {
        let good = """
            {"benchmark": "mmstar", "kind": "multiple_choice", "prediction": "B", "choices": {"A": "x", "B": "y"}, "answer": "B", \
            "expected_correct": false}
            """
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("vectors-\(UUID().uuidString).jsonl")
        defer { try? FileManager.default.removeItem(at: file) }
        func problem(_ text: String) throws -> String {
            try Data(text.utf8).write(to: file)
            do {
                let found = try outcome(file)
                return "\(found.agree) of \(found.total)"
            } catch {
                return error.localizedDescription
            }
        }
        // Nothing is said about what is extracted: only the verdict counts, and this one is wrong.
        #expect(try problem(good) == "0 of 1")
        #expect(try problem(good + "\n\n" + good.replacing("false", with: "true")) == "1 of 2")
        #expect(try problem(good + "\n{").contains("line 2 is not a JSON object"))
        #expect(try problem(good.replacing("mmstar", with: "other")).contains("line 1 is of a benchmark 'other'"))
        #expect(try problem(good.replacing("\"answer\"", with: "\"anser\"")).contains("line 1 has no 'answer'"))
        #expect(try problem("").contains("has no vectors"))
    }
}
