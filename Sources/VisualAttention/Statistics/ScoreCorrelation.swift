import Foundation

/// A model, or a checkpoint of one, with what it looked at and what it got right.
public struct ScoreItem: Sendable, Equatable, Codable {
    /// What it is called; no two items of a correlation have the same name.
    public var name: String
    /// The training run it comes from; nil if it stands for itself.
    public var run: String?
    /// The kind of training it had, such as a rung of an ablation ladder; nil if that plays no part.
    public var rung: String?
    /// The Visual Attention Score.
    public var vas: Double
    /// The accuracy, in any unit.
    public var accuracy: Double

    /// A model with its numbers.
    /// - Parameters:
    ///   - name: what it is called.
    ///   - run: the training run it comes from.
    ///   - rung: the kind of training it had.
    ///   - vas: the Visual Attention Score.
    ///   - accuracy: the accuracy, in any unit.
    public init(name: String, run: String? = nil, rung: String? = nil, vas: Double, accuracy: Double) {
        self.name = name
        self.run = run
        self.rung = rung
        self.vas = vas
        self.accuracy = accuracy
    }
}

/// Visual attention against accuracy over models: the paper's r = 0.96, with what it takes to read such a number.
///
/// Checkpoints of one run are not independent. Whole runs are resampled where runs are known, and where rungs are known r is
/// given between them (over the means of the rungs) and within them (of the deviations from those means): a ladder in which
/// both numbers rise correlates even if, among checkpoints trained alike, more attention means nothing.
public struct ScoreCorrelation: Sendable, Equatable {
    /// The models or checkpoints, in the order given.
    public let items: [ScoreItem]
    /// Pearson's r over the items.
    public let pearson: Correlation
    /// Spearman's rho over the items.
    public let spearman: Correlation
    /// Where Pearson's r would lie in other samples of runs; nil if there are fewer than three runs.
    public let interval: BootstrapInterval?
    /// Accuracy as a line of the score.
    public let line: LeastSquaresLine
    /// r over the means of the rungs, each once, with rungs - 2 degrees of freedom; nil for fewer than three rungs.
    public let betweenRungs: Correlation?
    /// r of the deviations from the means of the rungs, with items - rungs - 1 degrees of freedom; nil if there are none left.
    public let withinRungs: Correlation?
    /// What a reader must bear in mind, a sentence each.
    public let notes: [String]

    /// Correlates the scores and accuracies of some models.
    /// - Parameters:
    ///   - items: at least three, names all different.
    ///   - resamples: how often the bootstrap draws.
    ///   - seed: the same seed gives the same interval.
    /// - Throws: ``CorrelationError`` if there are fewer than three items, a name stands twice, a number is not finite, or all
    ///   scores or all accuracies are equal.
    public init(_ items: [ScoreItem], resamples: Int = 10_000, seed: UInt64 = 0) throws {
        try Self.check(items)
        let (x, y) = (items.map(\.vas), items.map(\.accuracy))
        guard let pearson = Correlation.pearson(x, y), let spearman = Correlation.spearman(x, y),
            let line = LeastSquaresLine(x, y)
        else { throw CorrelationError.numerically(count: items.count) }
        self.items = items
        self.pearson = pearson
        self.spearman = spearman
        self.line = line
        let runs = Self.groups(items) { $0.run ?? "\u{0}\($0.name)" }
        interval = BootstrapInterval(x, y, groups: runs, resamples: resamples, seed: seed)
        let rungs = Rungs(items)
        betweenRungs = rungs.between
        withinRungs = rungs.within
        notes = CorrelationNotes(items, runs: runs.count, interval: interval, rungs: rungs).sentences
    }

    private static func check(_ items: [ScoreItem]) throws {
        var seen: Set<String> = []
        for item in items {
            if !seen.insert(item.name).inserted { throw CorrelationError.duplicate(name: item.name) }
            if !item.vas.isFinite { throw CorrelationError.notFinite(name: item.name, column: "vas") }
            if !item.accuracy.isFinite { throw CorrelationError.notFinite(name: item.name, column: "accuracy") }
        }
        if items.count < 3 { throw CorrelationError.tooFew(count: items.count) }
        for (column, values) in [("vas", items.map(\.vas)), ("accuracy", items.map(\.accuracy))]
        where values.allSatisfy({ $0 == values[0] }) {
            throw CorrelationError.constant(column: column, value: values[0])
        }
    }

    /// The indices of items with the same key, in the order of their first items.
    static func groups(_ items: [ScoreItem], by key: (ScoreItem) -> String) -> [[Int]] {
        var places: [String: Int] = [:]
        var groups: [[Int]] = []
        for (index, item) in items.enumerated() {
            let place = places[key(item), default: groups.count]
            places[key(item)] = place
            if place == groups.count { groups.append([]) }
            groups[place].append(index)
        }
        return groups
    }
}

/// What r is between the rungs of a ladder and within them.
struct Rungs {
    let count: Int
    let itemsWithout: Int
    let between: Correlation?
    let within: Correlation?

    init(_ items: [ScoreItem]) {
        let placed = items.filter { $0.rung != nil }
        itemsWithout = items.count - placed.count
        let rungs = ScoreCorrelation.groups(placed) { $0.rung ?? "" }
        count = rungs.count
        func mean(_ rung: [Int], _ column: KeyPath<ScoreItem, Double>) -> Double {
            rung.reduce(0) { $0 + placed[$1][keyPath: column] } / Double(rung.count)
        }
        func deviations(_ column: KeyPath<ScoreItem, Double>) -> [Double] {
            rungs.filter { $0.count > 1 }.flatMap { rung in
                // Equal values deviate by nothing, whatever rounding makes of their mean.
                let first = placed[rung[0]][keyPath: column]
                if rung.allSatisfy({ placed[$0][keyPath: column] == first }) { return rung.map { _ in 0.0 } }
                return rung.map { placed[$0][keyPath: column] - mean(rung, column) }
            }
        }
        between = Correlation.pearson(rungs.map { mean($0, \.vas) }, rungs.map { mean($0, \.accuracy) })
        // A rung of one item deviates by nothing; it takes one mean, and gives one point, so it changes no freedom.
        let freedom = placed.count - rungs.count - 1
        within =
            freedom < 1
            ? nil
            : Correlation.pearson(deviations(\.vas), deviations(\.accuracy), degreesOfFreedom: freedom)
    }
}
