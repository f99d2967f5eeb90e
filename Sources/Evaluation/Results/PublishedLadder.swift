/// What was published of the method's ladder, to stand beside one's own (arXiv 2603.03825, Qwen2.5-VL-7B, mean of the seven benchmarks).
public enum PublishedLadder {
    /// A rung.
    public struct Rung: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// The Visual Attention Score, in the paper's form.
        public let vas: Double
        /// The mean accuracy over the seven benchmarks, in percent.
        public let accuracy: Double
    }

    /// The rungs in their order.
    public static let rungs = [
        Rung(name: "base", vas: 7.5, accuracy: 49.1), Rung(name: "+ VARD", vas: 10.1, accuracy: 51.0),
        Rung(name: "+ AGTO", vas: 13.8, accuracy: 52.6), Rung(name: "+ VARS", vas: 18.9, accuracy: 56.1),
    ]
    /// Pearson's r of score and accuracy over models.
    public static let correlation = 0.9616
    /// Its p-value.
    public static let correlationP = 9.0e-6
    /// What interventions at inference gained, in points.
    public static let interventionGain = 1.0...2.0
}
