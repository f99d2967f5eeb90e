import Foundation
import Quality
import Testing

/// Sentences labelled by hand (Tests/Fixtures/quality): half of each set was never looked at while the gates were made.
@Suite struct LabelledSets {
    /// How the labels and what was found agree.
    struct Counts: CustomStringConvertible {
        var (hits, misses, alarms, quiet) = (0, 0, 0, 0)
        var wrong: [String] = []
        var precision: Double { Double(hits) / Double(max(1, hits + alarms)) }
        var recall: Double { Double(hits) / Double(max(1, hits + misses)) }

        mutating func count(_ label: Bool, _ found: Bool, _ text: String) {
            switch (label, found) {
            case (true, true): hits += 1
            case (true, false): misses += 1
            case (false, true): alarms += 1
            case (false, false): quiet += 1
            }
            if label != found { wrong.append((label ? "missed: " : "alarm:  ") + text) }
        }

        var description: String {
            "precision \(precision), recall \(recall), of \(hits + misses) and \(alarms + quiet)"
        }
    }

    static func fixture(_ name: String) throws -> [[String: Any]] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/quality/\(name)")
        return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    /// The counts of both halves.
    static func halves(
        _ name: String, label: String, text: String, _ judge: (String, [String: Any]) -> Bool
    ) throws -> (tuning: Counts, heldOut: Counts) {
        var (tuning, heldOut) = (Counts(), Counts())
        for row in try fixture(name) {
            let (words, expected) = (try #require(row[text] as? String), try #require(row[label] as? Bool))
            let found = judge(words, row)
            if row["half"] as? String == "tuning" {
                tuning.count(expected, found, words)
            } else {
                heldOut.count(expected, found, words)
            }
        }
        print("\(name), tuning half: \(tuning)\n\(name), held-out half: \(heldOut)")
        if let half = ProcessInfo.processInfo.environment["QUALITY_SHOW"] {
            for line in (half == "tuning" ? tuning : heldOut).wrong { print("  " + line) }
        }
        return (tuning, heldOut)
    }

    @Test func leaksAreToldFromHarmlessWords() throws {
        let (tuning, heldOut) = try Self.halves("leak.jsonl", label: "leaks", text: "sentence") {
            LeakGate.leak(in: $0, question: $1["question"] as? String ?? "") != nil
        }
        #expect(min(tuning.hits + tuning.misses, heldOut.alarms + heldOut.quiet) >= 150)
        #expect(tuning.precision >= 0.98 && tuning.recall >= 0.98, "\(tuning.wrong)")
        #expect(heldOut.precision >= 0.95 && heldOut.recall >= 0.90)
    }

    /// Worded when the gate was done, and run once: not a word of the gate was changed for it.
    @Test func newlyWordedLeaksAreFound() throws {
        let (_, fresh) = try Self.halves("leak_fresh.jsonl", label: "leaks", text: "sentence") { text, _ in
            LeakGate.leak(in: text) != nil
        }
        #expect(fresh.hits + fresh.misses == 35 && fresh.alarms + fresh.quiet == 35)
        #expect(fresh.precision >= 0.75 && fresh.recall >= 0.75)
    }

    @Test func anchorsAreToldFromEmptyLooks() throws {
        let (tuning, heldOut) = try Self.halves("anchors.jsonl", label: "anchors", text: "sentence") {
            !AnchorGate.anchors(in: $0, describedBy: [$1["description"] as? String ?? ""]).isEmpty
        }
        #expect(tuning.precision >= 0.95 && tuning.recall >= 0.95, "\(tuning.wrong)")
        #expect(heldOut.precision >= 0.90 && heldOut.recall >= 0.85)
    }

    @Test func reflectionIsToldFromBareWords() throws {
        let (tuning, heldOut) = try Self.halves("reflection.jsonl", label: "reflects", text: "text") { text, _ in
            !ReflectionGate.reflections(in: text).isEmpty
        }
        #expect(tuning.precision >= 0.95 && tuning.recall >= 0.95, "\(tuning.wrong)")
        #expect(heldOut.precision >= 0.90 && heldOut.recall >= 0.85)
    }
}
