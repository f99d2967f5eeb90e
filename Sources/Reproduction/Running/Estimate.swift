import Foundation

/// How long steps take.
public struct Estimate: Sendable {
    private let seconds: [Step.Kind: Double]

    /// Learns from the steps of a plan that are done; of kinds of which none is, takes what the study says.
    /// - Parameter plan: the plan.
    public init(_ plan: StudyPlan) {
        var seconds: [Step.Kind: Double] = [:]
        for kind in Step.Kind.allCases {
            let done = plan.steps.filter { $0.kind == kind }.compactMap { StepRecord.of($0)?.seconds }.sorted()
            seconds[kind] = done.isEmpty ? plan.study.seconds[kind.rawValue] : done[done.count / 2]
        }
        self.seconds = seconds
    }

    /// Seconds of a step; nil if nothing is known.
    public subscript(step: Step) -> Double? { seconds[step.kind] }

    /// Seconds until steps are done.
    /// - Parameters:
    ///   - steps: the steps, in an order in which each stands behind those it needs; others they need are done.
    ///   - jobs: how many are done at one time.
    /// - Returns: nil if of one of them nothing is known.
    public func total(_ steps: [Step], jobs: Int) -> Double? {
        var ends: [String: Double] = [:]
        var workers = [Double](repeating: 0, count: max(1, jobs))
        var left = steps
        var now = 0.0
        let names = Set(steps.map(\.name))
        while !left.isEmpty {
            let worker = workers.indices.min { workers[$0] < workers[$1] } ?? 0
            now = max(now, workers[worker])
            func begin(_ step: Step) -> Double {
                step.inputs.filter(names.contains).map { ends[$0] ?? .infinity }.max() ?? 0
            }
            // The first that can begin now, else the one that can begin first.
            let next =
                left.indices.first { begin(left[$0]) <= now }
                ?? left.indices.min { begin(left[$0]) < begin(left[$1]) } ?? 0
            let step = left.remove(at: next)
            let start = max(now, begin(step))
            guard let seconds = self[step], start.isFinite else { return nil }
            ends[step.name] = start + seconds
            workers[worker] = start + seconds
        }
        return workers.max() ?? 0
    }
}
