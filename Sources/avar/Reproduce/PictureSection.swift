import Reports
import Reproduction
import Statistics

/// Whether the picture is needed: answers with it, with another's, and with none.
struct PictureSection {
    private let numbers: StudyNumbers

    init(_ numbers: StudyNumbers) { self.numbers = numbers }

    var sections: [Report.Section] {
        let names = numbers.plan.models.map(\.name).filter { name in
            numbers.findings.checkpoints(name).contains { $0.exam != nil }
        }
        guard let first = names.first else { return [] }
        let conditions = numbers.findings.checkpoints(first).first?.exam?.map(\.name) ?? []
        let guess = numbers.findings.checkpoints(first).first?.guess
        return [
            .table(
                Table(
                    title: "Does it need the picture?",
                    caption:
                        "The same questions with their picture, another's, and none, in percent. \(numbers.intervalText)"
                        + (guess.map { " The likeliest answer, without looking, is right in \(($0 * 100).fixed(1)) %." }
                            ?? ""),
                    columns: ["checkpoint"]
                        + (conditions + ["picture over another's, points", "readable"]).map {
                            Table.Column($0, isNumeric: true)
                        },
                    rows: names.map { name in
                        let shares = conditions.map { StudyNumbers.cell(share(name, $0), scale: 100) }
                        let margin = numbers.findings.mean(name) { checkpoint in
                            Self.share(checkpoint, "picture").flatMap { one in
                                Self.share(checkpoint, "shuffled").map { one - $0 }
                            }
                        }
                        let readable = numbers.findings.mean(name) { $0.exam?.first { $0.name == "picture" }?.readable }
                        return [.text(numbers.title(name))] + shares
                            + [StudyNumbers.cell(margin, scale: 100), StudyNumbers.cell(readable, scale: 100)]
                    }))
        ]
    }

    private func share(_ name: String, _ condition: String) -> SeedMean? {
        numbers.findings.mean(name) { Self.share($0, condition) }
    }

    private static func share(_ checkpoint: Findings.Checkpoint, _ condition: String) -> Double? {
        checkpoint.exam?.first { $0.name == condition }.map { Double($0.right) / Double(max(1, $0.count)) }
    }
}
