import Foundation
import Reproduction
import Reports

/// The report of a study.
struct StudyReport {
    private let results: StudyResults

    init(_ results: StudyResults) { self.results = results }

    /// Writes report.html and findings.json.
    /// - Returns: the findings.
    func write() throws -> Findings {
        let findings = try Findings(results)
        try Files.write(findings.json(), to: results.folder.appendingPathComponent("findings.json"))
        return findings
    }
}
