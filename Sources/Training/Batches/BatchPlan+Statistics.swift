extension BatchPlan {
    /// What some steps take.
    public struct Statistics: Sendable, Equatable {
        /// Samples of all passes.
        public internal(set) var samples = 0
        /// How many passes the steps are cut into.
        public internal(set) var microBatches = 0
        /// Tokens of all passes, padding included.
        public internal(set) var tokens = 0
        /// Tokens that are not padding.
        public internal(set) var filledTokens = 0
        /// The pass with the most tokens, the first of them if there are several.
        public internal(set) var longest: MicroBatch?
        /// The step that ``longest`` is a pass of, counted from 0.
        public internal(set) var longestStep: Int?

        /// The share of the tokens that is padding.
        public var paddingShare: Double { tokens == 0 ? 0 : 1 - Double(filledTokens) / Double(tokens) }
    }

    /// Counts what steps take, all of them unless some are named; the pass with the most tokens is what to try memory with.
    /// - Parameter steps: counted from 0.
    /// - Returns: the counts.
    /// - Complexity: as drawing all these steps; a million samples take some seconds.
    public func statistics(of steps: Range<Int>? = nil) -> Statistics {
        var result = Statistics()
        for step in steps ?? 0..<stepCount {
            for pass in microBatches(step: step) {
                result.samples += pass.samples.count
                result.microBatches += 1
                result.tokens += pass.tokens
                result.filledTokens += pass.filledTokens
                if pass.tokens > result.longest?.tokens ?? -1 {
                    (result.longest, result.longestStep) = (pass, step)
                }
            }
        }
        return result
    }
}
