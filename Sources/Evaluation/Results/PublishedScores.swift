/// Accuracies that were published, to stand beside one's own: of arXiv 2603.03825 and the README of its code.
public struct PublishedScores: Sendable, Equatable {
    /// The model's name, as the paper prints it.
    public let model: String
    /// In percent, by benchmark, HallusionBench as one number; none where not reported.
    public let percents: [BenchmarkSet: Double]
    /// Whether it was trained on MathVision.
    public let isTrainedOnMathVision: Bool

    /// The mean of the seven as it was printed, also where it is not that of the row (ThinkLite-VL's is 52.4); nil unless all are
    /// reported.
    public let mean: Double?

    /// The seven benchmarks in the paper's order; MMMU-Pro stands for both its forms.
    public static let sets: [BenchmarkSet] = [
        .mathVista, .mathVision, .mathVerse, .mmmu, .mmmuPro, .mmStar, .hallusionBench,
    ]

    private init(_ model: String, _ values: [Double?], mean: Double? = nil, trainedOnMathVision: Bool = false) {
        self.model = model
        percents = Dictionary(
            uniqueKeysWithValues: zip(Self.sets, values).compactMap { set, value in value.map { (set, $0) } })
        self.mean = mean
        isTrainedOnMathVision = trainedOnMathVision
    }

    /// The rows in the paper's order.
    public static let rows: [PublishedScores] = [
        .init("GPT-4o", [63.8, 31.2, nil, 70.7, 54.5, 65.1, 56.2]),
        .init("Claude-3.7-Sonnet", [74.5, 58.6, nil, 75.2, 50.1, 68.8, 58.3]),
        .init("Qwen2.5-VL-7B", [68.2, 25.2, 41.1, 58.1, 38.3, 62.1, 50.7], mean: 49.1),
        .init("InternVL2.5-8B", [64.4, 22.0, 39.5, 56.0, 38.2, 63.2, 51.1], mean: 47.8),
        .init("LLaVA-OneVision-7B", [58.6, 18.3, 19.3, 48.8, 35.5, 61.7, 47.5], mean: 41.4),
        .init("Llama-3.2-11B-Vision-Instruct", [48.6, 19.7, 18.4, 50.7, 33.0, 49.8, 40.3], mean: 37.2),
        .init("Mulberry-7B", [63.1, nil, 42.9, 55.0, 34.8, 61.3, 54.1], trainedOnMathVision: true),
        .init("R1-OneVision", [64.1, 29.9, 40.0, 49.1, 32.2, 52.2, 46.0], mean: 44.8),
        .init("OpenVLThinker", [72.3, 25.9, 44.6, 53.0, 42.9, 59.5, 53.0], mean: 50.2),
        .init("ThinkLite-VL", [75.1, 32.9, 45.8, 55.5, 40.0, 65.0, 52.3], mean: 53.1),
        .init("MM-Eureka-7B", [73.0, 26.9, 48.1, 52.0, 42.4, 65.2, 50.7], mean: 51.2),
        .init("Vision-R1", [73.5, nil, 47.7, 56.3, 39.6, 64.8, 51.9], trainedOnMathVision: true),
        .init("VLAA-Thinker-7B", [68.0, 26.4, 48.2, 55.7, 40.9, 64.2, 50.9], mean: 50.6),
        .init("Vision-SR1", [68.1, 26.7, 47.1, 61.3, 43.8, 64.1, 54.3], mean: 52.2),
        .init("AVAR-Thinker (Qwen2.5-VL-7B)", [74.7, 37.4, 50.4, 63.8, 42.9, 64.1, 59.5], mean: 56.1),
    ]
}
