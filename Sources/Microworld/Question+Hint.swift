extension Question {
    /// The same question without its hint.
    public var withoutHint: Question { hinted(nil) }

    /// The same question with a hint that suggests the right answer; nil if it has no hint.
    public var withRightHint: Question? {
        hint.map { _ in hinted(Hint(suggestion: answerText, isRight: true)) }
    }

    /// The same question with a hint that misleads where it was right, and the other way round; nil if it has no hint.
    public var withReversedHint: Question? { hint?.isRight == true ? withMisleadingHint : withRightHint }

    /// The same question with a hint that misleads; nil if it has no hint.
    ///
    /// One that misleads already stays; else it is the candidate behind the right one, and their order is by chance.
    public var withMisleadingHint: Question? {
        guard let hint else { return nil }
        guard hint.isRight else { return self }
        guard let place = candidates.firstIndex(of: answerText), candidates.count > 1 else { return nil }
        return hinted(Hint(suggestion: candidates[(place + 1) % candidates.count], isRight: false))
    }

    private func hinted(_ hint: Hint?) -> Question {
        var other = self
        other.hint = hint
        return other
    }
}
