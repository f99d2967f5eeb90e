import Foundation
import Mathematics
import Testing

/// Answers that mean the same, and answers that do not (Tests/Fixtures/mathematics/make_pairs.py, checked with sympy).
@Suite struct MathAnswerTests {
    private struct Pair: Decodable {
        let a: String
        let b: String
        let equal: Bool
        let decimals: Int?
    }

    private static let pairs: [Pair] = {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/mathematics/pairs.jsonl")
        let lines = (try? String(contentsOf: file, encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.compactMap { try? JSONDecoder().decode(Pair.self, from: Data($0.utf8)) }
    }()

    private func isEqual(_ a: String, _ b: String, decimals: Int? = nil) -> Bool {
        guard let a = MathAnswer(a), let b = MathAnswer(b) else { return false }
        return a.isEquivalent(to: b, decimals: decimals)
    }

    @Test func everyPairIsJudgedAsLabelled() {
        #expect(Self.pairs.count { $0.equal } >= 200 && Self.pairs.count { !$0.equal } >= 200)
        for pair in Self.pairs {
            #expect(isEqual(pair.a, pair.b, decimals: pair.decimals) == pair.equal, "\(pair.a) and \(pair.b)")
        }
    }

    @Test func equalityGoesBothWaysAndEveryAnswerIsItself() {
        for pair in Self.pairs where pair.decimals == nil {
            #expect(isEqual(pair.b, pair.a) == pair.equal, "\(pair.b) and \(pair.a)")
            if MathAnswer(pair.a) != nil { #expect(isEqual(pair.a, pair.a), "\(pair.a)") }
        }
    }

    /// What would take forever, or memory without end, is no formula or is equal to nothing else.
    @Test func giantsAndDepthsComeToAnEnd() {
        let hostile = [
            "9^9^9^9", "9^{9^{9^9}}", "99999999999999999999^99999999999999999", "2^-99999999999", "1e999999999",
            "0.1^{0.00001}",
            String(repeating: "(", count: 5000),
            String(repeating: "(", count: 900) + "1" + String(repeating: ")", count: 900),
            String(repeating: "-", count: 1900) + "1", String(repeating: "\\frac{", count: 300),
            String(repeating: "9", count: 1999),
            String(repeating: "{1,", count: 300), String(repeating: "|", count: 1999),
            String(repeating: "\\sqrt{", count: 300) + "2",
            "170!", "100!", "99999999!", String(repeating: "x+", count: 290) + "x", "\u{0}", "\\", "\\\\", "$", "$$",
            "^", "_", "{}", "()",
        ]
        for text in hostile {
            _ = MathAnswer(text)
            #expect(!isEqual(text, "7"), "\(text.prefix(40))")
        }
        #expect(isEqual("3^{1000}", "3^{999}*3"))
    }
}
