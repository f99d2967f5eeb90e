import Foundation
import Quality
import RandomNumbers
import Scoring
import Testing

/// No text breaks a gate, and none takes more than its length in time.
@Suite struct FuzzTests {
    private static func gates() throws -> QualityGates {
        var settings = QualitySettings()
        settings.gates = GateKind.allCases
        return try QualityGates(settings, benchmarks: ContaminationIndex([.init(id: "a", question: "Which is it?")]))
    }

    @Test func anyTextIsJudged() throws {
        var (random, gates) = (SplitMix64(seed: 9), try Self.gates())
        let pieces = [
            "<think>", "</think>", "<answer>", "</answer>", "the description", " says", "\u{301}", "\u{200D}", "👩‍👩‍👧", "\u{FEFF}",
            "$", "\\frac{", "\n", "\r\n", "。", "漢", "ß", "İ", "'", "’", "-", "<", "wait", "look at the ", "told", "\0",
            "\u{10FFFF}", "\u{E000}", "٣", "½", ".", "e.g.", "we are", "7", ",", " ",
        ]
        for number in 0..<4_000 {
            var text = ""
            for _ in 0..<random.below(30) {
                if random.chance(0.7) {
                    text += random.pick(pieces)
                } else if let scalar = Unicode.Scalar(UInt32(random.below(0x11_0000))) {
                    text.unicodeScalars.append(scalar)
                }
            }
            var sample = Sample.good("\(number)")
            sample.text = random.chance(0.3) ? "<think>\(text)</think><answer>\(text)</answer>" : text
            (sample.description, sample.exercise.question) = (text, random.chance(0.5) ? text : nil)
            let decision = gates.evaluate(sample)
            #expect(decision.verdicts.count == 10)
            for verdict in decision.verdicts where !verdict.passed {
                #expect(verdict.reason?.isEmpty == false && (verdict.reason?.utf8.count ?? 0) < 4_000)
            }
        }
    }

    /// Texts that make slow readers slow, repeated to a length.
    private static let pieces = [
        "a", "a ", "<think>", "</think>", "told ", "we are told that ", "the description ", "the caption of the ",
        "check ", "look at the bar ", "wait, ", "I see ", "$", "\\", ". ", "\n", "'", "-", "a-", "漢", "e\u{301}",
        "as described in ", "in the figure ", "the the the ", "1,", "...", "is described as ",
    ]

    @Test func timeGrowsWithTheLength() throws {
        let gates = try Self.gates()
        var slowest: (seconds: Double, name: String) = (0, "")
        for piece in Self.pieces {
            func seconds(_ bytes: Int) -> Double {
                var sample = Sample.good()
                let text = String(repeating: piece, count: bytes / piece.utf8.count)
                sample.text = "<think>\(text)</think><answer>4</answer>"
                let start = ContinuousClock.now
                let inspection = gates.inspect(sample)
                #expect(inspection.verdicts.count == 9)
                return (ContinuousClock.now - start) / .seconds(1)
            }
            let (short, long) = (seconds(125_000), seconds(1_000_000))
            // Eight times the text: eight times the time, and twice that for caches and a busy machine.
            #expect(long < 24 * short + 0.5, "\(piece.debugDescription): \(short) s, then \(long) s")
            if long > slowest.seconds { slowest = (long, piece.debugDescription) }
        }
        print("1 MB: slowest \(slowest.seconds) s, of \(slowest.name)")
    }
}
