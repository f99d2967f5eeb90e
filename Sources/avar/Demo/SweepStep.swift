import Foundation
import Reports
import VisualAttention

/// The same questions under interventions.
struct SweepStep: DemoStep {
    /// Whether every coefficient, reading and preset is tried.
    let isFull: Bool

    private var points: [SweepPoint] {
        guard isFull else {
            return [
                .none, SweepPoint(reading: .scores, enhance: 0.15, suppress: 0),
                SweepPoint(reading: .scores, enhance: 0, suppress: 0.4),
                SweepPoint(reading: .scores, enhance: 0.15, suppress: 0.4),
                SweepPoint(reading: .renormalized, enhance: 0.15, suppress: 0.4), SweepPoint(.vaf),
            ]
        }
        return .sweep(
            readings: Intervention.Reading.allCases, enhance: [0, 0.15, 0.3], suppress: [0, 0.05, 0.4, 0.6],
            presets: Preset.allCases)
    }

    func run(_ context: inout DemoContext) throws -> DemoPart {
        let (assistant, world, points) = (context.assistant, context.world, points)
        let interventions = try points.interventions(for: assistant.model.configuration.text)
        let folder = try ResultFolder<SweepSettings, SweepResult>(
            context.folder.appendingPathComponent("sweep", isDirectory: true),
            settings: SweepSettings(
                model: context.source, data: world.settings(), points: points, scope: "all",
                maxNewTokens: ExamStyle.direct.maxNewTokens, dtype: context.runtime.dtype.rawValue,
                device: context.runtime.device, isOfDemo: true))
        defer { folder.close() }
        var pass = ResultPass(
            world, numbers: context.numbers, folder: folder, skipsBad: false, title: "questions under interventions",
            interrupt: context.interrupt
        ) { number in points.map { SweepResult.Key(line: number, point: $0.name) } }
        try pass.run(with: { assistant }) { assistant, entry, key, shouldStop in
            try assistant.answer(
                entry, of: world, point: key.point, intervention: interventions[key.point] ?? nil,
                maxNewTokens: ExamStyle.direct.maxNewTokens, shouldStop: shouldStop)
        }
        let report = SweepReport(
            model: context.model, data: world, name: world.name, points: points, results: try pass.countedResults(),
            skipped: [])
        try folder.write(summary: report)
        return DemoPart(
            name: "sweep", value: report,
            lines: ["interventions: VAS of the questions' tokens, and pooled of the answers'"]
                + Array(report.lines.dropFirst(2)),
            // Few coefficients make no curve.
            sections: report.tables + (report.plane.map { [.scatter($0)] } ?? []) + (isFull ? report.curves : []))
    }
}
