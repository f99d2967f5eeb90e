import Reports
import Reproduction

/// The parts of the method alone and together, and the forms of its objective.
struct AblationSection {
    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    var sections: [Report.Section] {
        [
            table(
                numbers.plan.reading.ablation, "The parts alone and together",
                "Gains are over the first row, in points."),
            table(
                numbers.plan.reading.objectives, "The objective: none, bounded, and as in the paper",
                "The bounded form stops pushing a head whose mass has passed a target; the paper's pushes until the picture has all. "
                    + "Gains are over the first row, in points."),
        ].compactMap { $0.map { .table($0) } }
    }

    private func table(_ list: [String], _ title: String, _ words: String) -> Table? {
        let names = numbers.measured(list)
        guard names.count > 1 else { return nil }
        let titles = [
            "VAS, \(numbers.form)", "of answers", "picture (%)", "words (%)", "right (%)", "gain", "tokens",
            "extreme heads",
        ]
        return Table(
            title: title,
            caption:
                "\(numbers.intervalText) \(words) Scores are of the question's tokens and of the answer's own; tokens are those of an "
                + "answer; extreme heads look at the picture over a thousand times as much as at the system turn.",
            columns: ["checkpoint", "VARD", "AGTO", "VARS"] + titles.map { Table.Column($0, isNumeric: true) },
            rows: names.map { name in
                let parts = numbers.findings.checkpoints(name).first?.parts ?? []
                let marks = ["vard", "agto", "vars"].map { Table.Cell.text(parts.contains($0) ? "✓" : "") }
                let cells: [Table.Cell] = [
                    StudyNumbers.score(numbers.score(name)),
                    StudyNumbers.cell(numbers.share(name, \.visual), scale: 100),
                    StudyNumbers.cell(numbers.share(name, \.user), scale: 100),
                    StudyNumbers.cell(numbers.accuracy(name)),
                    name == names[0] ? .undefined : StudyNumbers.change(numbers.gain(name, over: names[0])),
                    StudyNumbers.cell(numbers.findings.mean(name) { $0.answerTokens }),
                    StudyNumbers.cell(numbers.findings.mean(name) { $0.extremeHeads.map(Double.init) }),
                ]
                return [.text(numbers.title(name))] + marks + cells
            })
    }
}
