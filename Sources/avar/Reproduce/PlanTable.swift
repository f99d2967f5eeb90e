import Foundation
import Reproduction

/// What `--plan` prints.
struct PlanTable {
    private let plan: StudyPlan
    private let rows: [Row]
    /// Seconds until everything wanted is done; nil if of some step nothing is known.
    private let left: Double?
    private let commands: Bool

    private struct Row: Encodable {
        let name: String
        let kind: String
        /// done, begun, to do, or not wanted.
        let state: String
        /// Seconds that it took, or will take.
        let seconds: Double?
        let folder: String
        let command: [String]
    }

    private struct Value: Encodable {
        let steps: [Row]
        let done: Int
        let secondsLeft: Double?
    }

    init(_ plan: StudyPlan, wanted: Set<String>, commands: Bool) {
        (self.plan, self.commands) = (plan, commands)
        let estimate = Estimate(plan)
        rows = plan.steps.map { step in
            let record = StepRecord.of(step)
            let state =
                record != nil
                ? "done" : !wanted.contains(step.name) ? "not wanted" : StepRecord.isBegun(step) ? "begun" : "to do"
            return Row(
                name: step.name, kind: step.kind.rawValue, state: state, seconds: record?.seconds ?? estimate[step],
                folder: step.folder.lastPathComponent, command: ["avar"] + step.arguments)
        }
        left = estimate.total(
            plan.steps.filter { wanted.contains($0.name) && StepRecord.of($0) == nil }, jobs: plan.study.jobs)
    }

    func show(json: Bool) throws {
        if json {
            return try Output.json(Value(steps: rows, done: rows.count { $0.state == "done" }, secondsLeft: left))
        }
        let table = ScoreTable(
            head: ["step", "state", "time"],
            rows: rows.map { row in
                let time =
                    row.seconds.map { (row.state == "done" ? "" : "about ") + $0.duration } ?? "unknown"
                return [row.name, row.state, row.state == "not wanted" ? "" : time]
            })
        for (index, line) in table.lines.enumerated() {
            Output.line(line)
            // The first line names the columns.
            if commands, index > 0 {
                Output.line("    " + rows[index - 1].command.map(Self.shell).joined(separator: " "))
            }
        }
        let done = rows.count { $0.state == "done" }
        Output.line(
            "\(done) of \(rows.count) steps are done; the rest takes "
                + (left.map { "about \($0.duration)" } ?? "a time of which nothing is known yet")
                + ", \(plan.study.jobs) at one time.")
    }

    /// A word as a shell reads it.
    private static func shell(_ word: String) -> String {
        word.contains { !($0.isLetter || $0.isNumber || "-_./:=,+".contains($0)) } || word.isEmpty
            ? "'" + word.replacing("'", with: "'\\''") + "'" : word
    }
}
