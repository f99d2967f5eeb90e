import Foundation
import VisualAttention

/// A correlation as it is printed, for people and as JSON.
struct CorrelationSummary: Encodable {
    /// A model with its class.
    struct Item: Encodable {
        let name: String
        let run: String?
        let rung: String?
        let vas: Double
        let accuracy: Double
        let attentionClass: AttentionClass
        /// What the line foretells from the score.
        let predicted: Double

        private enum CodingKeys: String, CodingKey {
            case name, run, rung, vas, accuracy, predicted
            case attentionClass = "class"
        }
    }

    let count: Int
    let items: [Item]
    let pearson: Correlation
    let spearman: Correlation
    let bootstrap: BootstrapInterval?
    let line: LeastSquaresLine
    let betweenRungs: Correlation?
    let withinRungs: Correlation?
    let notes: [String]

    init(_ result: ScoreCorrelation) {
        count = result.items.count
        items = result.items.map { item in
            Item(
                name: item.name, run: item.run, rung: item.rung, vas: item.vas, accuracy: item.accuracy,
                attentionClass: AttentionClass(score: item.vas),
                predicted: result.line.intercept + result.line.slope * item.vas)
        }
        pearson = result.pearson
        spearman = result.spearman
        bootstrap = result.interval
        line = result.line
        betweenRungs = result.betweenRungs
        withinRungs = result.withinRungs
        notes = result.notes
    }

    // MARK: Facts

    /// Name, value and explanation of every number, as the table and the page show them.
    var facts: [(name: String, value: String, note: String)] {
        var facts = [
            ("Pearson r", Self.text(pearson), "\(count) items, \(Self.freedom(pearson))"),
            (
                "Spearman rho", Self.text(spearman),
                spearman.method == .permutation ? "p from all orders of the ranks" : "p from Student's t"
            ),
        ]
        if let bootstrap {
            let units = bootstrap.units < count ? "whole runs" : "items"
            facts.append(
                (
                    "interval of r", "\(bootstrap.lower.fixed(4)) to \(bootstrap.upper.fixed(4))",
                    "\((bootstrap.level * 100).fixed(0)) %, \(bootstrap.resamples) resamples of \(bootstrap.units) \(units)"
                ))
        }
        if let betweenRungs {
            facts.append(
                (
                    "r between rungs", Self.text(betweenRungs),
                    "means of \(betweenRungs.count) rungs, \(Self.freedom(betweenRungs))"
                ))
        }
        if let withinRungs {
            facts.append(
                (
                    "r within rungs", Self.text(withinRungs),
                    "deviations from the rungs' means, \(Self.freedom(withinRungs))"
                ))
        }
        facts.append(("line", equation, "least squares"))
        if let deviation = line.residualStandardDeviation {
            facts.append(("residual deviation", Self.significant(deviation), "of accuracy about the line"))
        }
        return facts
    }

    private var equation: String {
        let sign = line.slope < 0 ? "-" : "+"
        return "accuracy = \(Self.significant(line.intercept)) \(sign) \(Self.significant(abs(line.slope))) VAS"
    }

    private static func text(_ correlation: Correlation) -> String {
        "\(correlation.coefficient.fixed(4)), p = \(String(format: "%.2g", correlation.pValue))"
    }

    private static func freedom(_ correlation: Correlation) -> String {
        "\(correlation.degreesOfFreedom) degree\(correlation.degreesOfFreedom == 1 ? "" : "s") of freedom"
    }

    /// Four digits that count.
    static func significant(_ value: Double) -> String { String(format: "%.4g", value) }

    // MARK: Lines

    /// The table for people.
    var lines: [String] {
        let names = ["item"] + items.map(\.name)
        let vas = ["VAS"] + items.map { Self.significant($0.vas) }
        let accuracy = ["accuracy"] + items.map { Self.significant($0.accuracy) }
        let predicted = ["line"] + items.map { Self.significant($0.predicted) }
        let classes = ["class"] + items.map(\.attentionClass.rawValue)
        let width = names.map(\.count).max() ?? 0
        var lines = names.indices.map { row in
            let name = names[row] + String(repeating: " ", count: width - names[row].count)
            return
                "\(name)  \(vas[row].padded(10))  \(accuracy[row].padded(9))  \(predicted[row].padded(9))  \(classes[row])"
        }
        lines.append("")
        let facts = facts
        let (first, second) = (facts.map(\.name.count).max() ?? 0, facts.map(\.value.count).max() ?? 0)
        lines += facts.map { fact in
            let name = fact.name + String(repeating: " ", count: first - fact.name.count)
            let value = fact.value + String(repeating: " ", count: second - fact.value.count)
            return "\(name)  \(value)  \(fact.note)"
        }
        return lines + [""] + notes.map { "note: \($0)" }
    }
}
