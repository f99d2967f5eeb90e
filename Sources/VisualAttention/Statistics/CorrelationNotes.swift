/// What a reader must bear in mind with a correlation.
struct CorrelationNotes {
    let sentences: [String]

    init(_ items: [ScoreItem], runs: Int, interval: BootstrapInterval?, rungs: Rungs) {
        var notes = [Self.independence(items, runs: runs)]
        if items.count <= 4 {
            notes.append(
                "\(items.count) points say little: r is large by chance alone, and no interval from so few can be trusted."
            )
        }
        if interval == nil {
            notes.append(
                runs < BootstrapInterval.fewestUnits
                    ? "There is no bootstrap interval: it takes at least \(BootstrapInterval.fewestUnits) runs, and there "
                        + (runs == 1 ? "is 1." : "are \(runs).")
                    : "There is no bootstrap interval: in most resamples a column is constant.")
        } else if let interval, interval.units < 8, items.count > 4 {
            notes.append(
                "The bootstrap interval rests on \(interval.units) "
                    + (runs < items.count ? "runs" : "points") + ", and is too narrow for so few.")
        }
        if let interval, interval.undefined > 0 {
            notes.append("\(interval.undefined) resamples with a constant column are left out of the interval.")
        }
        notes += Self.ladder(items, rungs)
        sentences = notes
    }

    private static func independence(_ items: [ScoreItem], runs: Int) -> String {
        if runs < items.count {
            return "p takes the \(items.count) items to be independent, but they come from "
                + (runs == 1 ? "1 run" : "\(runs) runs") + ", and checkpoints of one run are not independent: "
                + "read the interval, which resamples whole runs."
        }
        if items.contains(where: { $0.run != nil }) {
            return "Every item comes from a run of its own; p and the interval take runs to be independent."
        }
        return
            "p and the interval take the items to be independent; if some come from one training run, name it under run."
    }

    private static func ladder(_ items: [ScoreItem], _ rungs: Rungs) -> [String] {
        guard rungs.count > 0 else { return [] }
        var notes: [String] = []
        if rungs.between == nil {
            notes.append(
                rungs.count < 3
                    ? "r between rungs needs at least 3 rungs, and there "
                        + (rungs.count == 1 ? "is 1." : "are \(rungs.count).")
                    : "r between rungs is undefined: the means of the rungs are all equal in one column.")
        }
        if rungs.within == nil {
            notes.append("r within rungs needs several items a rung that differ in both columns.")
        }
        if rungs.itemsWithout > 0 {
            notes.append(
                "\(rungs.itemsWithout) of \(items.count) items have no rung and count for neither r between nor within."
            )
        }
        return notes
    }
}
