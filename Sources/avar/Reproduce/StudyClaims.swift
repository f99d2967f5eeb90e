import Evaluation
import Reproduction

/// What the paper says, and whether a study agrees.
struct StudyClaims {
    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    /// Whether a study agrees with a claim.
    enum Verdict: String {
        case agrees
        case disagrees = "does not agree"
        case open = "not decided"
    }

    /// A claim beside what was found.
    struct Claim {
        let name: String
        let published: String
        let found: String
        let verdict: Verdict
    }

    /// The claims that something was measured for.
    var claims: [Claim] { ladder + coldStarts + [correlation, intervention].compactMap(\.self) }

    private typealias Change = (value: Double, interval: ClosedRange<Double>?)

    private static func verdict(_ change: Change) -> Verdict {
        guard let interval = change.interval else { return .open }
        if interval.lowerBound > 0 { return .agrees }
        if interval.upperBound < 0 { return .disagrees }
        return .open
    }

    private var ladder: [Claim] {
        let rungs = numbers.plan.reading.ladder
        let published = PublishedLadder.rungs
        guard rungs.count == published.count else { return [] }
        var claims: [Claim] = []
        for index in 1..<rungs.count {
            let (name, before) = (published[index].name, published[index - 1])
            if let rise = numbers.rise(rungs[index], over: rungs[index - 1]) {
                claims.append(
                    Claim(
                        name: "\(name) raises visual attention",
                        published: "published VAS \(before.vas.fixed(1)) to \(published[index].vas.fixed(1))",
                        found: "\(StudyNumbers.text(rise, decimals: 2)), \(numbers.form) form",
                        verdict: Self.verdict(rise)))
            }
            if let gain = numbers.gain(rungs[index], over: rungs[index - 1]) {
                claims.append(
                    Claim(
                        name: "\(name) raises accuracy",
                        published: "published +\((published[index].accuracy - before.accuracy).fixed(1)) points",
                        found: "\(StudyNumbers.text(gain)) points", verdict: Self.verdict(gain)))
            }
        }
        if let rise = numbers.findings.difference(
            rungs[rungs.count - 1], over: rungs[rungs.count - 2], { $0.answerScore })
        {
            claims.append(
                Claim(
                    name: "+ VARS raises the attention of answers", published: "what its reward pays for",
                    found: "\(StudyNumbers.text((rise.mean, rise.interval), decimals: 2)), pooled form",
                    verdict: Self.verdict((rise.mean, rise.interval))))
        }
        if let last = rungs.last, let first = rungs.first, let gain = numbers.gain(last, over: first) {
            let total = published[published.count - 1].accuracy - published[0].accuracy
            claims.append(
                Claim(
                    name: "All parts together raise accuracy", published: "published +\(total.fixed(1)) points",
                    found: "\(StudyNumbers.text(gain)) points", verdict: Self.verdict(gain)))
        }
        return claims
    }

    /// Lazy attention localization.
    private var coldStarts: [Claim] {
        let names = numbers.plan.reading.coldStarts
        guard let base = names.first else { return [] }
        var claims: [Claim] = []
        if names.contains("multimodal"), let rise = numbers.rise("multimodal", over: base) {
            // It is the claim that it does not rise: so a fall, or no difference that could be found, is with it.
            let verdict: Verdict = rise.interval.map { $0.lowerBound > 0 ? .disagrees : .agrees } ?? .open
            claims.append(
                Claim(
                    name: "A multimodal cold start does not raise visual attention",
                    published: "published: nearly as before",
                    found: "\(StudyNumbers.text(rise, decimals: 2)), \(numbers.form) form", verdict: verdict))
        }
        if names.contains("text"), let rise = numbers.rise("text", over: base) {
            claims.append(
                Claim(
                    name: "A text-only cold start raises visual attention", published: "published: it does",
                    found: "\(StudyNumbers.text(rise, decimals: 2)), \(numbers.form) form", verdict: Self.verdict(rise))
            )
        }
        return claims
    }

    private var correlation: Claim? {
        guard let found = numbers.findings.correlation else { return nil }
        let interval = found.low.flatMap { low in found.high.map { low...$0 } }
        return Claim(
            name: "Models that look more are more often right",
            published: "published r = \(PublishedLadder.correlation) over models",
            found: "r = \(found.pearson.fixed(3))"
                + (interval.map { " (\($0.lowerBound.fixed(3)) to \($0.upperBound.fixed(3)))" } ?? "")
                + " over \(found.count) checkpoints",
            verdict: Self.verdict((found.pearson, interval)))
    }

    /// The intervention of the paper's coefficients on the base.
    private var intervention: Claim? {
        guard let base = numbers.plan.reading.ladder.first,
            let change = InterventionSection.change(numbers, base, InterventionSection.paperPoint)
        else { return nil }
        return Claim(
            name: "An intervention at inference raises accuracy", published: "published +1 to +2 points",
            found: "\(StudyNumbers.text(change)) points on the base, enhanced by 0.15 and suppressed by 0.4",
            verdict: Self.verdict(change))
    }
}
