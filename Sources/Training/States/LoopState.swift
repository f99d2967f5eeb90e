/// What the loop itself carries from step to step.
package struct LoopState: Codable {
    /// The state that an evaluation found the best.
    package struct Best: Codable, Equatable {
        package var step: Int
        package var value: Double
    }

    /// Steps made, those skipped among them.
    package var step = 0
    /// Steps without an update.
    package var skipped = 0
    /// Those of them since the last update.
    package var skippedInARow = 0
    package var best: Best?
    /// What the next line of the log has so far: in a file of its own.
    package var window = LogWindow()

    private enum CodingKeys: String, CodingKey {
        case step, skipped, best
        case skippedInARow = "skipped_in_a_row"
    }

    package init(step: Int = 0) { self.step = step }
}
