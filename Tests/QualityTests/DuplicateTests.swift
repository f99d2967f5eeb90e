import Foundation
import Quality
import RandomNumbers
import Testing

/// Nearly equal texts are found among many, and the index says how near they are.
@Suite struct DuplicateTests {
    private static let words = (0..<4_000).map { "w\($0)" }

    private static func text(_ random: inout SplitMix64, words count: Int) -> [String] {
        (0..<count).map { _ in random.pick(words) }
    }

    private static func jaccard(_ left: [String], _ right: [String]) -> Double {
        func runs(_ words: [String]) -> Set<[String]> { Set((0...words.count - 5).map { Array(words[$0..<$0 + 5]) }) }
        let (left, right) = (runs(left), runs(right))
        return Double(left.intersection(right).count) / Double(left.union(right).count)
    }

    @Test func caseMarksAndSpacesDoNotCountNumbersDo() {
        var index = NearDuplicateIndex()
        let text = "Look at the red bar: it ends at 7, and the blue one beside it ends at 3."
        #expect(index.add(id: "a", text: text) == nil)
        #expect(index.match(for: text.uppercased().replacing(",", with: " \n"))?.similarity == 1)
        #expect(index.match(for: text.replacing("7", with: "8").replacing("3", with: "4")) == nil)
        #expect(index.match(for: text, scope: "another picture") == nil)
        #expect(index.add(id: "short", text: "Four") == nil && index.match(for: "four!")?.id == "short")
        #expect(index.add(id: "empty", text: "") == nil && index.match(for: " ...")?.id == "empty")
        #expect(index.count == 3)
    }

    /// Pairs of every nearness beside the index of their sets.
    @Test func whatIsNearIsFoundAndTheNumberIsExact() {
        var random = SplitMix64(seed: 4)
        var (near, found, far, wrong) = (0, 0, 0, 0)
        var index = NearDuplicateIndex()
        for number in 0..<600 {
            let original = Self.text(&random, words: 200)
            var changed = original
            for _ in 0..<(number % 10) { changed[random.below(200)] = "new\(number)" }
            let exact = Self.jaccard(original, changed)
            index.add(id: "\(number)", text: original.joined(separator: " "))
            let match = index.match(for: changed.joined(separator: " "))
            if exact >= 0.8 {
                near += 1
                if match?.id == "\(number)" { found += 1 }
            } else {
                far += 1
                if match != nil { wrong += 1 }
            }
            if let match {
                #expect(abs(match.similarity - exact) < 1e-12)
                // Five standard errors of 120 minima.
                #expect(abs(match.estimate - exact) < 5 * (exact * (1 - exact) / 120).squareRoot() + 0.01)
            }
        }
        print("near-duplicates: \(found) of \(near) found, \(wrong) of \(far) others taken for one")
        #expect(near > 150 && far > 150 && wrong == 0 && Double(found) >= 0.98 * Double(near))
    }

    @Test func anIndexIsMadeAgainFromTheSameTexts() {
        func run() -> [NearDuplicateIndex.Match?] {
            var (random, index) = (SplitMix64(seed: 5), NearDuplicateIndex())
            var texts: [[String]] = []
            return (0..<300).map { number in
                var words = Self.text(&random, words: 60)
                if number % 3 == 2, let earlier = texts.randomElement(using: &random) {
                    words = earlier
                    words[random.below(60)] = "x"
                }
                texts.append(words)
                return index.add(id: "\(number)", text: words.joined(separator: " "))
            }
        }
        let first = run()
        #expect(first == run() && first.compactMap { $0 }.count > 50)
    }

    @Test func manyTextsAreKept() {
        let count = ProcessInfo.processInfo.environment["QUALITY_TEXTS"].flatMap { Int($0) } ?? 3_000
        var (random, index) = (SplitMix64(seed: 6), NearDuplicateIndex())
        let texts = (0..<200).map { _ in Self.text(&random, words: 350).joined(separator: " ") }
        let start = ContinuousClock.now
        for number in 0..<count {
            // Every text has a beginning of its own, and a third of it is another's.
            let own = (0..<300).map { _ in random.pick(Self.words) }.joined(separator: " ")
            index.add(id: "\(number)", text: own + texts[number % 200].prefix(600))
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print(
            "near-duplicates: \(index.count) texts of about 400 words, \(Int(Double(count) / seconds)) a second, "
                + "\(index.byteCount / max(1, index.count)) bytes each")
        #expect(index.count == count && index.byteCount / count < 4_000)
    }
}
