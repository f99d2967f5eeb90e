import Statistics

/// How many of a model's answers are right, and how far from the truth that may be.
public struct Accuracy: Sendable, Equatable, Codable {
    /// Right answers of all, with Wilson's interval, which takes every question for itself.
    public let share: Proportion
    /// Groups of questions that belong together, such as those about one picture.
    public let clusters: Int
    /// The standard error that allows for the groups, as a share; nil for fewer than two groups.
    public let standardError: Double?
    /// The 95 % bootstrap interval over whole groups; nil for fewer than two.
    public let interval: Bootstrap.Estimate?

    /// The accuracy of some answers.
    /// - Parameters:
    ///   - verdicts: for each question, whether the answer is right.
    ///   - clusters: what each question belongs to, such as its picture; nil if every question stands for itself.
    ///   - bootstrap: how often the groups are drawn again, and from which seed.
    /// - Throws: ``ComparisonError`` if there are not as many groups as verdicts.
    public init(_ verdicts: [Bool], clusters: [String]? = nil, bootstrap: Bootstrap = Bootstrap()) throws {
        let keys = clusters ?? verdicts.indices.map(String.init)
        guard keys.count == verdicts.count else {
            throw ComparisonError.lengths(name: "clusters", count: keys.count, expected: verdicts.count)
        }
        let values = verdicts.map { $0 ? 1.0 : 0.0 }
        let groups = Clusters(keys)
        share = Proportion(verdicts)
        self.clusters = groups.groups.count
        standardError = groups.standardError(ofMeanOf: values)
        interval = bootstrap.estimate(ofMeanOf: values, clusters: keys)
    }
}
