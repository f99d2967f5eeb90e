extension TrainingLoop {
    /// What is done when a loss or a gradient is no finite number.
    public enum NotFinitePolicy: Sendable, Equatable {
        /// The training ends with an error that says which samples the step had.
        case stop
        /// The step changes nothing and is counted; after so many in a row the training ends.
        case skip(atMost: Int)
    }

    /// By what the best state is chosen.
    public struct Best: Sendable, Equatable {
        /// The name of a number that the evaluation finds.
        public var name: String
        /// True if the largest is the best, false if the smallest is.
        public var isLargest: Bool

        /// A choice.
        /// - Parameters:
        ///   - name: the name of a number that the evaluation finds.
        ///   - isLargest: true if the largest is the best, false if the smallest is.
        public init(_ name: String, isLargest: Bool) { (self.name, self.isLargest) = (name, isLargest) }
    }

    /// How many steps there are, and what happens every how many.
    public struct Settings: Sendable, Equatable {
        /// Steps of the whole training, those of earlier processes included.
        public var steps: Int
        /// The learning rate of every step.
        public var schedule: LearningRateSchedule
        /// Every so many steps a state is written; the last step always has one, and every one that is the best so far.
        public var saveEvery: Int
        /// Every so many steps a line is logged.
        public var logEvery: Int
        /// Every so many steps, and after the last, the model is evaluated; 0 for never.
        public var evaluateEvery: Int
        /// How many states are kept, the last ones; the best is kept beside them.
        public var keptStates: Int
        /// By what the best state is chosen; nil to choose none.
        public var best: Best?
        /// What is done when a loss or a gradient is no finite number.
        public var whenNotFinite: NotFinitePolicy
        /// From this and its number the generators of all devices are seeded anew before every step, so that no random state need be
        /// saved; nil leaves them alone, for steps that draw nothing.
        public var seed: UInt64?

        /// The numbers.
        /// - Parameters:
        ///   - steps: steps in all.
        ///   - schedule: the learning rate of every step.
        ///   - saveEvery: every so many steps a state is written.
        ///   - logEvery: every so many steps a line is logged.
        ///   - evaluateEvery: every so many steps the model is evaluated; 0 for never.
        ///   - keptStates: how many states are kept, beside the best.
        ///   - best: by what the best state is chosen; nil to choose none.
        ///   - whenNotFinite: what is done when a loss or a gradient is no finite number.
        ///   - seed: what the generators are seeded from before every step; nil leaves them alone.
        ///
        /// `saveEvery`, `logEvery` and `keptStates` must be at least 1.
        public init(
            steps: Int, schedule: LearningRateSchedule, saveEvery: Int, logEvery: Int, evaluateEvery: Int,
            keptStates: Int = 2, best: Best? = nil, whenNotFinite: NotFinitePolicy = .stop, seed: UInt64? = nil
        ) {
            precondition(saveEvery > 0 && logEvery > 0, "states and lines come every so many steps, at least 1")
            precondition(keptStates > 0, "the last state at least is kept")
            (self.steps, self.schedule) = (steps, schedule)
            (self.saveEvery, self.logEvery, self.evaluateEvery) = (saveEvery, logEvery, evaluateEvery)
            (self.keptStates, self.best, self.whenNotFinite, self.seed) = (keptStates, best, whenNotFinite, seed)
        }
    }
}
