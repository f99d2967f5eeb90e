import Reproduction
import Reports
import Statistics

/// The numbers of a study as its report shows them.
struct StudyNumbers {
    let findings: Findings
    let plan: PlanFile

    init(_ findings: Findings, _ plan: PlanFile) { (self.findings, self.plan) = (findings, plan) }

    /// The form of the score that the report goes by.
    var form: String { plan.reading.score }

    /// How many seeds something was measured of.
    private var seeds: Int { Set(findings.checkpoints.compactMap(\.seed)).count }

    /// How many seeds, in words.
    var seedsText: String { seeds == 1 ? "one seed" : "\(seeds) seeds" }

    /// What stands beside a mean, in words.
    var intervalText: String {
        seeds <= 1
            ? "One seed: intervals are over questions."
            : "Means over \(seeds) seeds with Student's 95 % intervals over seeds; a checkpoint that was given has no seeds."
    }

    /// What the report calls a checkpoint.
    func title(_ name: String) -> String {
        let title = plan.models.first { $0.name == name }?.title ?? name
        // A short name stays in one line.
        return title.count <= 12 ? title.replacing(" ", with: "\u{A0}") : title
    }

    /// The names of a list of which something was measured.
    func measured(_ names: [String]) -> [String] { names.filter { !findings.checkpoints($0).isEmpty } }

    /// The score in a form, over seeds.
    func score(_ name: String, form: String? = nil) -> SeedMean? {
        findings.mean(name) { $0.scores?[form ?? self.form]?.value }
    }

    /// Accuracy in percent, over seeds.
    func accuracy(_ name: String) -> SeedMean? { findings.mean(name) { $0.accuracy } }

    /// The interval of a score: over seeds, or of the only one over samples.
    func scoreInterval(_ name: String, form: String? = nil) -> ClosedRange<Double>? {
        if let interval = score(name, form: form)?.interval { return interval }
        let only = findings.checkpoints(name).first?.scores?[form ?? self.form]
        guard let low = only?.low, let high = only?.high, low <= high else { return nil }
        return low...high
    }

    /// The interval of an accuracy in percent: over seeds, or of the only one Wilson's over questions if there is one set.
    func accuracyInterval(_ name: String) -> ClosedRange<Double>? {
        if let interval = accuracy(name)?.interval { return interval }
        guard let sets = findings.checkpoints(name).first?.sets, sets.count == 1, let set = sets.first else {
            return nil
        }
        return Proportion(right: set.right, of: set.count).percentInterval
    }

    /// By how many points a checkpoint is better than another, with the interval: over seeds, or for one seed over questions.
    func gain(_ name: String, over other: String) -> (value: Double, interval: ClosedRange<Double>?)? {
        guard let difference = findings.difference(name, over: other, { $0.accuracy }) else { return nil }
        return (difference.mean, difference.interval ?? findings.questionInterval(name, over: other))
    }

    /// By how much its score is higher.
    ///
    /// The interval is over seeds; for one seed it is the widest that the two intervals over samples allow.
    func rise(_ name: String, over other: String) -> (value: Double, interval: ClosedRange<Double>?)? {
        guard let difference = findings.difference(name, over: other, { $0.scores?[form]?.value }) else { return nil }
        if let interval = difference.interval { return (difference.mean, interval) }
        guard let one = scoreInterval(name), let another = scoreInterval(other) else { return (difference.mean, nil) }
        return (difference.mean, (one.lowerBound - another.upperBound)...(one.upperBound - another.lowerBound))
    }

    /// The mean over seeds of a layer's number.
    func layers(_ name: String, _ value: (Findings.Layer) -> Double?) -> [Double?] {
        let all = findings.checkpoints(name).compactMap(\.layers)
        guard let count = all.map(\.count).min() else { return [] }
        return (0..<count).map { index in
            let values = all.compactMap { value($0[index]) }
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
    }

    /// A share of attention, the mean over layers, over seeds.
    func share(_ name: String, _ value: (Findings.Layer) -> Double) -> SeedMean? {
        findings.mean(name) { checkpoint in
            checkpoint.layers.map { layers in layers.reduce(0) { $0 + value($1) } / Double(max(1, layers.count)) }
        }
    }

    /// A number with half the width of its interval, as a cell.
    static func cell(_ mean: SeedMean?, decimals: Int = 1, scale: Double = 1) -> Table.Cell {
        guard let mean else { return .undefined }
        guard let half = mean.half else { return .number(mean.mean * scale, decimals: decimals) }
        return .text("\((mean.mean * scale).fixed(decimals)) ± \((half * scale).fixed(decimals))")
    }

    /// A score, which may be of any size, as a cell.
    static func score(_ mean: SeedMean?) -> Table.Cell {
        guard let mean else { return .undefined }
        guard let half = mean.half else { return .number(mean.mean) }
        return .text("\(ReportPages.number(mean.mean)) ± \(ReportPages.number(half))")
    }

    /// A difference with its interval, as a cell.
    static func change(_ change: (value: Double, interval: ClosedRange<Double>?)?, decimals: Int = 1) -> Table.Cell {
        change.map { .text(text($0, decimals: decimals)) } ?? .undefined
    }

    /// A difference with its interval, in words.
    static func text(_ change: (value: Double, interval: ClosedRange<Double>?), decimals: Int = 1) -> String {
        func signed(_ value: Double) -> String { (value < 0 ? "" : "+") + value.fixed(decimals) }
        return signed(change.value)
            + (change.interval.map { " (\(signed($0.lowerBound)) to \(signed($0.upperBound)))" } ?? "")
    }
}
