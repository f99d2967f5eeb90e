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
            "<think>", "</think>", "<answer>", "</answer>", "the description", " says", "\u{301}", "\u{200D}", "👩‍👩‍👧",
            "\u{FEFF}",
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
        var slowest: (seconds: Double, name: String) = (0, "")
        for kind in GateKind.allCases {
            var settings = QualitySettings()
            settings.gates = [kind]
            let gates = try QualityGates(settings, benchmarks: ContaminationIndex([.init(id: "a", question: "?")]))
            for piece in Self.pieces {
                func seconds(_ bytes: Int) -> Double {
                    var sample = Sample.good()
                    let text = String(repeating: piece, count: bytes / piece.utf8.count)
                    sample.text = "<think>\(text)</think><answer>4</answer>"
                    if kind == .contamination { sample.exercise.question = text }
                    let start = ContinuousClock.now
                    #expect(gates.inspect(sample).verdicts.count == (kind == .duplicate ? 0 : 1))
                    return (ContinuousClock.now - start) / .seconds(1)
                }
                let (short, long) = (seconds(32_000), seconds(256_000))
                // Eight times the text: eight times the time, and thrice that for caches and a busy machine.
                let isLinear = long < 24 * short + 0.5
                #expect(isLinear, "\(kind), \(piece.debugDescription): \(short) s, then \(long) s")
                if long > slowest.seconds { slowest = (long, "\(kind), \(piece.debugDescription)") }
            }
        }
        print("256 KB: slowest \(slowest.seconds) s, of \(slowest.name)")
    }

    @Test func aMegabyteIsJudged() throws {
        let gates = try Self.gates()
        for piece in ["told ", "we are told that the description ", "look at the bar and check ", "e\u{301}", "a. "] {
            var sample = Sample.good()
            let text = String(repeating: piece, count: 1_000_000 / piece.utf8.count)
            sample.text = "<think>\(text)</think><answer>4</answer>"
            let start = ContinuousClock.now
            #expect(gates.inspect(sample).verdicts.count == 9)
            let seconds = (ContinuousClock.now - start) / .seconds(1)
            print("1 MB of \(piece.debugDescription): \(seconds) s")
            #expect(seconds < 30, "\(piece.debugDescription)")
        }
    }
}
