import Foundation
import Reports

/// A page about an invented training with everything a page can hold.
enum SampleTraining {
    static let steps = 12_000

    static let page = TrainingPage(
        title: "Cold start of microworld-8M <sample>", subtitle: "12,000 steps, guided by attention; seed 7",
        facts: [
            .init("Model", "microworld-8M", note: "6 layers, 6 query heads"),
            .init("Data", "cold-start.jsonl", note: "4,096 samples"),
            .init("Steps", "12,000", note: "1.9 epochs"), .init("Time", "3 h 41 min"),
            .init("Evaluation loss", "0.3235", note: "lowest at step 10,250"),
        ],
        warnings: [
            .init("The gradient norm was 41.2, and was clipped.", step: 812),
            .init("3 of 36 heads are saturated: their attention on pictures is above 0.999 & cannot grow.", step: 4000),
            .init("The evaluation loss has not fallen for 2,000 steps."),
        ],
        panels: [
            .init(
                title: "Loss", unit: "nats",
                caption: "Training: mean over 10 steps. Evaluation: 256 samples that are not trained on.",
                series: [
                    .init(
                        "training", steps: logged(every: 10) { 2.4 * decay($0) + 0.3 + 0.08 * noise($0, 1) },
                        marks: [.last]),
                    .init(
                        "evaluation",
                        steps: logged(every: 250) { 2.3 * decay($0) + 0.32 + 1e-9 * pow(Double($0 - 9250), 2) },
                        marks: [.lowest, .last]),
                ]),
            .init(
                title: "Guidance terms", unit: "nats",
                series: [
                    .init(
                        "enhance", steps: logged(every: 10) { 3.1 * decay($0) + 0.9 + 0.05 * noise($0, 2) },
                        marks: [.last]),
                    .init(
                        "suppress", steps: logged(every: 10) { 0.02 * decay($0) + 0.004 + 1e-3 * noise($0, 3) },
                        marks: [.last]),
                ]),
            .init(
                title: "VAS",
                series: [
                    .init("held-out samples", steps: logged(every: 500) { 8 + 11 * (1 - decay($0)) }, marks: [.highest])
                ]),
            .init(title: "Learning rate", series: [.init("all groups", steps: logged(every: 10) { rate($0) })]),
            .init(
                title: "Gradient norm", caption: "Before clipping; every step.",
                series: [.init("all parameters", steps: logged(every: 1, norm), marks: [.highest, .last])]),
            .init(
                title: "Tokens per second",
                series: [.init("this process", steps: logged(every: 10) { 910 + 60 * noise($0, 5) })]),
            .init(
                title: "Share of attention on text", unit: "%",
                series: [
                    .init(
                        "training",
                        steps: logged(every: 10) {
                            (3000..<3600).contains($0) ? nil : 70 - 20 * (1 - decay($0)) + 2 * noise($0, 6)
                        })
                ]),
            .init(
                title: "Saturated heads",
                series: [
                    .init("of 36", steps: logged(every: 500) { ($0 / 2500) as Int == 0 ? 0 : Double($0 / 2500) - 1 })
                ]),
            .init(
                title: "Memory", unit: "MB",
                series: [.init("largest so far", steps: logged(every: 10) { $0 < 5000 ? 812 : 934 })]),
            .init(title: "Reward", series: [.init("never measured", steps: [])]),
        ],
        tables: [
            Table(
                title: "Evaluations", caption: "Accuracy on 256 questions.",
                columns: [
                    .init("step", isNumeric: true), .init("loss", isNumeric: true), .init("accuracy", isNumeric: true),
                ],
                rows: [4000, 8000, 12_000].map { step in
                    [
                        .number(Double(step), decimals: 0), .number(2.3 * decay(step) + 0.32, decimals: 4),
                        .number(0.5 + Double(step) / 40_000, decimals: 3),
                    ]
                })
        ],
        configuration: "\nmodel: Checkpoints/microworld\nlearning_rate: 1e-5   # <peak> & 'more'\n"
            + "prompt: \"" + String(repeating: "a line that does not end, ", count: 12) + "\"\n"
            + (0..<30).map { "setting_\($0): \($0)\n" }.joined())

    private static func logged(every: Int, _ value: (Int) -> Double?) -> [(step: Int, value: Double?)] {
        stride(from: every, through: steps, by: every).map { ($0, value($0)) }
    }

    private static func noise(_ step: Int, _ salt: Int) -> Double { SampleReport.noise(step, salt) - 0.5 }

    private static func decay(_ step: Int) -> Double { exp(-Double(step) / 1500) }

    private static func rate(_ step: Int) -> Double {
        step < 600 ? 1e-5 * Double(step) / 600 : 0.5e-5 * (1 + cos(.pi * Double(step - 600) / Double(steps - 600)))
    }

    /// Three decades, and a single step that stands out.
    static func norm(_ step: Int) -> Double? {
        step == 812 ? 41.2 : 4 * decay(step) + 0.05 * exp(2 * noise(step, 4))
    }
}
