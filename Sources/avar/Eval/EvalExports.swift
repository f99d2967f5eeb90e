import Evaluation
import Foundation
import Reports

/// What `avar eval` leaves in its folder beside the database.
struct EvalExports {
    private let store: EvaluationStore
    private let folder: URL

    init(_ store: EvaluationStore, _ folder: URL) { (self.store, self.folder) = (store, folder) }

    /// Writes all of it: answers.jsonl, answers.csv, predictions/SET.tsv (SET-2.tsv for second answers, and on), summary.json and
    /// the page report.html.
    func write(_ report: EvalReport, items: ItemBrowser?) throws {
        try store.exportJSONL(to: folder.appendingPathComponent("answers.jsonl"))
        try store.exportCSV(to: folder.appendingPathComponent("answers.csv"))
        let predictions = folder.appendingPathComponent("predictions", isDirectory: true)
        try Files.makeFolder(predictions)
        for set in report.sets {
            for sample in 0..<set.samples {
                let name = set.set.rawValue + (sample > 0 ? "-\(sample + 1)" : "") + ".tsv"
                try store.exportPredictions(
                    to: predictions.appendingPathComponent(name), of: set.set.rawValue, sample: sample)
            }
        }
        try Files.write(
            Output.encoded(report) + Data("\n".utf8), to: folder.appendingPathComponent("summary.json"))
        try EvalPage(report, items: items).write(toPath: folder.appendingPathComponent("report.html").path)
    }
}
