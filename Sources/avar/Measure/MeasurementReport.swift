import Foundation
import VisualAttention

/// What `avar vas` says in the end, as `summary.json`, as a line of JSON, or as tables.
///
/// `avar correlate` takes the file as an item.
struct MeasurementReport: Encodable {
    let name: String
    let run: String?
    let rung: String?
    let accuracy: Double?
    let model: String
    let data: String
    /// Whose tokens were asked: `user` or `response`.
    let queryKind: String
    /// Of responses, whether `given` or `generated`.
    let answers: String?
    /// The intervention in words, nil for none.
    let modulation: String?
    let summary: DatasetSummary

    private enum CodingKeys: String, CodingKey {
        case name, run, rung, accuracy, model, data, queryKind, answers, modulation
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encodeIfPresent(run, forKey: .run)
        try container.encodeIfPresent(rung, forKey: .rung)
        try container.encodeIfPresent(accuracy, forKey: .accuracy)
        try container.encode(model, forKey: .model)
        try container.encode(data, forKey: .data)
        try container.encode(queryKind, forKey: .queryKind)
        try container.encodeIfPresent(answers, forKey: .answers)
        try container.encodeIfPresent(modulation, forKey: .modulation)
        try summary.encode(to: encoder)
    }

    /// The same as tables for people.
    var lines: [String] {
        let kind = answers.map { "\(queryKind) tokens, \($0) answers" } ?? "\(queryKind) tokens"
        let changed = modulation.map { ", under \($0)" } ?? ""
        let head = "\(name): \(summary.samples) samples of \(data), \(summary.queries) queries (\(kind)\(changed))"
        return [head, ""] + scoreTable + [""] + verdict + [""] + layerTable + [""] + headTable + leftOut
    }

    /// The four forms with their intervals.
    var scoreTable: [String] {
        func number(_ value: Double?) -> String { value.map { $0.fixed(3) } ?? "undefined" }
        func interval(_ estimate: ScoreEstimate) -> String {
            guard let low = estimate.low, let high = estimate.high else { return "" }
            return "\(low.fixed(3)) to \(high.fixed(3))"
        }
        let rows = ScoreForm.allCases.map { form -> String in
            let (with, without) = (summary.scores[form], summary.scoresWithoutFirst[form])
            let name = form.rawValue + String(repeating: " ", count: 9 - form.rawValue.count)
            let line =
                name + number(with.value).padded(14) + interval(with).padded(28) + number(without.value).padded(20)
            return line + (summary.scoresWithoutSinks.map { number($0[form].value).padded(16) } ?? "")
        }
        let head = "VAS                mean         95 % interval over samples without first token"
        return [head + (summary.scoresWithoutSinks == nil ? "" : "   without sinks")] + rows
    }

    /// The class, and what to bear in mind with it.
    var verdict: [String] {
        guard let own = summary.attentionClass else {
            return ["No class: the score is not defined in any sample."]
        }
        return ["\(own.rawValue) by the paper's form\(disagreement.map { ", but \($0)" } ?? "")"] + extremes
    }

    /// Which forms give another class.
    private var disagreement: String? {
        let others = summary.disagreeing.map { "\($0.class.rawValue) by the \($0.form.rawValue) form" }
        return others.isEmpty ? nil : others.joined(separator: ", ")
    }

    /// What one must know before believing the numbers.
    var warnings: [String] {
        let classes = disagreement.flatMap { other in
            summary.attentionClass.map { ["The class is \($0.rawValue) by the paper's form, but \(other)."] }
        }
        return (classes ?? []) + extremes + leftOut.filter { !$0.isEmpty && !$0.hasPrefix("  ") }
    }

    private var extremes: [String] {
        var lines: [String] = []
        let heads = summary.heads.reduce(0) { $0 + $1.count }
        if summary.extremeHeads > 0 {
            lines.append(
                "\(summary.extremeHeads) of \(heads) heads have a mean score above 1,000 and decide the paper's form; read the "
                    + "others beside it.")
        }
        return lines
    }

    /// Shares and score, a row for each layer.
    var layerTable: [String] {
        let rows = summary.layers.enumerated().map { index, layer -> String in
            let shares = [layer.system, layer.first, layer.visual, layer.user, layer.response, layer.marker]
            return String(index).padded(5) + shares.map { $0.percent.padded(10) }.joined()
                + (layer.vas.map { $0.fixed(2) } ?? "undefined").padded(15)
        }
        return ["layer    system  of which    visual      user  response    marker    VAS (paper)"]
            + ["                     first"] + rows
    }

    private var headTable: [String] {
        let count = summary.heads.first?.count ?? 0
        let rows = summary.heads.enumerated().map { index, heads in
            String(index).padded(5) + heads.map { ($0.map { String(format: "%.3g", $0) } ?? "-").padded(10) }.joined()
        }
        return ["VAS (paper) by layer and head"]
            + ["layer" + (0..<count).map { "head \($0)".padded(10) }.joined()] + rows
    }

    /// What does not count, where there is any.
    private var leftOut: [String] {
        var lines: [String] = []
        if let sinks = summary.sinks, sinks > 0 {
            lines.append(
                "Attention sinks among the visual tokens: \(sinks), of which at a border \(summary.borderSinks ?? 0), in "
                    + "\(summary.samplesWithSinks ?? 0) of \(summary.samples) samples; nearly every query looks at them."
            )
        }
        if summary.queriesBeforePicture > 0 {
            lines.append("Tokens before the first picture, which are no queries: \(summary.queriesBeforePicture).")
        }
        if summary.zeroSystemQueries > 0 {
            lines.append(
                "Queries of which a head gives the system turn nothing: \(summary.zeroSystemQueries); ratios left out: "
                    + "\(summary.undefinedRatios).")
        }
        if !summary.skipped.isEmpty {
            lines.append("Samples that could not be measured: \(summary.skipped.count)")
            lines += summary.skipped.prefix(20).map { "  \($0.line): \($0.reason)" }
            if summary.skipped.count > 20 { lines.append("  and \(summary.skipped.count - 20) more, all in the JSON") }
        }
        return lines.isEmpty ? [] : [""] + lines
    }
}
