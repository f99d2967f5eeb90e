import Statistics

/// How much better a second model answers the same questions than a first one.
public struct PairedDifference: Sendable, Equatable, Codable {
    /// Questions that both models answered.
    public let count: Int
    /// Groups of questions that belong together.
    public let clusters: Int
    /// The first model's mean score.
    public let first: Double
    /// The second model's.
    public let second: Double
    /// The second minus the first.
    public let difference: Double
    /// The standard error of the difference, which allows for pairs and groups; nil for fewer than two groups.
    public let standardError: Double?
    /// The lower end of the 95 % interval by that error and the normal distribution.
    public let low: Double?
    /// The upper end.
    public let high: Double?
    /// The 95 % bootstrap interval over whole groups, with its standard error.
    public let interval: Bootstrap.Estimate?

    /// Compares the scores of two models.
    /// - Parameters:
    ///   - first: the first model's score of each question, such as 0, 1, or the mean over several answers.
    ///   - second: the second model's scores of the same questions, in the same order.
    ///   - clusters: what each question belongs to, such as its picture; nil if every question stands for itself.
    ///   - bootstrap: how often the groups are drawn again, and from which seed.
    /// - Throws: ``ComparisonError`` if there are no questions, the lists differ in length, or a score is not finite.
    public init(
        first: [Double], second: [Double], clusters: [String]? = nil, bootstrap: Bootstrap = Bootstrap()
    ) throws {
        guard !first.isEmpty else { throw ComparisonError.empty }
        guard second.count == first.count else {
            throw ComparisonError.lengths(name: "second", count: second.count, expected: first.count)
        }
        let keys = clusters ?? first.indices.map(String.init)
        guard keys.count == first.count else {
            throw ComparisonError.lengths(name: "clusters", count: keys.count, expected: first.count)
        }
        if let place = first.indices.first(where: { !first[$0].isFinite || !second[$0].isFinite }) {
            throw ComparisonError.notFinite(place: place)
        }
        let differences = zip(first, second).map { $1 - $0 }
        let groups = Clusters(keys)
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        count = first.count
        self.clusters = groups.groups.count
        self.first = mean(first)
        self.second = mean(second)
        let difference = mean(differences)
        self.difference = difference
        standardError = groups.standardError(ofMeanOf: differences)
        low = standardError.map { difference - NormalQuantile.twoSided95 * $0 }
        high = standardError.map { difference + NormalQuantile.twoSided95 * $0 }
        interval = bootstrap.estimate(ofMeanOf: differences, clusters: keys)
    }
}

/// Quantiles of the normal distribution.
enum NormalQuantile {
    /// Of 97.5 %: five in a hundred lie beyond it on both sides together.
    static let twoSided95 = 1.959_963_984_540_054
    /// Of 80 %.
    static let power80 = 0.841_621_233_572_914_3
}
