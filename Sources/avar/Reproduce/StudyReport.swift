import Foundation
import Reproduction
import Reports

/// The report of a study: the paper's tables and figures with its numbers beside the published ones.
struct StudyReport {
    private let results: StudyResults

    init(_ results: StudyResults) { self.results = results }

    /// Writes report.html, findings.json, and each figure as SVG and its numbers as CSV into figures.
    /// - Returns: the findings.
    /// - Throws: what is wrong with a file of a step, or with writing.
    func write() throws -> Findings {
        let findings = try Findings(results)
        try Files.write(findings.json(), to: results.folder.appendingPathComponent("findings.json"))
        let page = try report(findings)
        try Files.write(Data(page.html().utf8), to: results.folder.appendingPathComponent("report.html"))
        let figures = results.folder.appendingPathComponent("figures", isDirectory: true)
        try Files.makeFolder(figures)
        for figure in page.sections.compactMap(\.figure) {
            let file = figures.appendingPathComponent(Self.fileName(figure.title))
            try Files.write(Data(figure.svg().utf8), to: file.appendingPathExtension("svg"))
            try Files.write(Data(figure.csv().utf8), to: file.appendingPathExtension("csv"))
        }
        return findings
    }

    /// A title as the name of a file: `Accuracy, rung by rung` is `accuracy-rung-by-rung`.
    private static func fileName(_ title: String) -> String {
        title.lowercased().split { !($0.isLetter || $0.isNumber) }.joined(separator: "-")
    }

    private func report(_ findings: Findings) throws -> Report {
        let numbers = StudyNumbers(findings, results.plan)
        return Report(
            title: results.plan.title,
            subtitle:
                "\(numbers.seedsText), \(findings.checkpoints.count) checkpoints measured; begun with \(results.plan.model)",
            sections: [.summary(summary(numbers))] + LadderSection(numbers).sections
                + ColdStartSection(numbers).sections
                + AblationSection(numbers).sections + InterventionSection(numbers).sections
                + CorrelationSection(numbers).sections + LengthSection(numbers).sections
                + PictureSection(numbers).sections + PublishedSection(numbers).sections + [.table(steps)])
    }

    // MARK: Summary

    private func summary(_ numbers: StudyNumbers) -> Summary {
        let done = results.done.count
        var warnings = [String]()
        if done < results.plan.steps.count {
            warnings.append(
                "\(results.plan.steps.count - done) of \(results.plan.steps.count) steps are not done; what they would say is missing."
            )
        }
        let versions = Set(results.plan.steps.compactMap { results.record($0)?.version }).sorted()
        if versions.count > 1 {
            warnings.append("Steps were done by several versions of avar: \(versions.joined(separator: ", ")).")
        }
        return Summary(
            title: "What agrees with the paper, and what does not",
            rows: StudyClaims(numbers).claims.map { claim in
                Summary.Row(claim.name, claim.verdict.rawValue, note: "\(claim.published); here \(claim.found)")
            },
            warnings: warnings,
            paragraphs: [
                "A claim agrees, or does not, if the interval of the difference that it is about lies on one side of zero: Student's 95 % "
                    + "interval over seeds, or for a single seed the paired bootstrap interval over questions. Where it holds zero, nothing "
                    + "is decided, which is not the same as that there is no difference."
            ]
                + (results.plan.reading.cautions.isEmpty
                    ? [] : ["What cannot be claimed from this:"] + results.plan.reading.cautions))
    }

    private var steps: Table {
        Table(
            title: "Steps",
            caption:
                "Each is a command of avar in a folder of its own below steps; times are of the machine that did it, beside whatever else ran.",
            columns: ["step", "kind", "finished", Table.Column("seconds", isNumeric: true), "folder"],
            rows: results.plan.steps.map { step in
                let record = results.record(step)
                return [
                    .text(step.name), .text(step.kind.rawValue), record.map { .text($0.finished) } ?? .undefined,
                    .optional(record?.seconds, decimals: 0), .text("steps/\(step.name)-\(step.key)"),
                ]
            })
    }
}
