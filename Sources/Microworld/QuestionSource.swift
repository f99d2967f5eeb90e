import RandomNumbers

/// Which questions carry a hint.
public enum HintUse: String, Codable, Sendable, CaseIterable {
    /// No question.
    case none
    /// Every second question, by chance.
    case some
    /// Every question.
    case all
}

/// The questions of a split: as many as are wanted, each from its number alone.
///
/// The same seed, families and number give the same scene, question and options whatever the hints are.
public struct QuestionSource: Sendable {
    /// The split that the scenes are of.
    public let split: Split
    /// What decides everything that is drawn by chance.
    public let seed: UInt64
    /// The families, which take turns.
    public let families: [Family]
    /// Which questions carry a hint.
    public let hints: HintUse
    /// How often a hint is right, nil for chance: one over the number of candidates.
    public let hintRate: Double?

    /// The questions of a split.
    /// - Parameters:
    ///   - split: the split that the scenes are of.
    ///   - seed: what decides everything that is drawn by chance.
    ///   - families: the families, which take turns; all if none is given.
    ///   - hints: which questions carry a hint.
    ///   - hintRate: how often a hint is right, 0 to 1; nil for chance.
    public init(
        split: Split, seed: UInt64 = 0, families: [Family] = Family.allCases, hints: HintUse = .some,
        hintRate: Double? = nil
    ) {
        (self.split, self.seed, self.hints, self.hintRate) = (split, seed, hints, hintRate)
        self.families = families.isEmpty ? Family.allCases : families
    }

    /// How often a hint is right: on the hard split half of chance at most.
    /// - Parameter candidates: between how many answers a guess chooses.
    /// - Returns: a probability.
    public func rate(candidates: Int) -> Double {
        let chance = 1 / Double(candidates)
        return split == .hard ? min(hintRate ?? 1, chance / 2) : hintRate ?? chance
    }

    /// A question.
    /// - Parameter index: its number, from 0.
    /// - Returns: the question with its scene, answer and hint.
    public func question(_ index: Int) -> Question {
        let family = families[index % families.count]
        var random = SplitMix64(seed, split.number, family.number, UInt64(index))
        var draft = Draft.draw(family, isHard: split == .hard, &random)
        while Split(of: draft.scene) != split { draft = Draft.draw(family, isHard: split == .hard, &random) }
        let candidates = random.shuffled([draft.answer] + draft.others)
        let options = random.chance(0.5) ? candidates : []
        // A stream of its own: asking for other hints changes nothing else.
        var hinting = SplitMix64(seed, split.number, family.number, UInt64(index), 1)
        let name = String(repeating: "0", count: max(0, 6 - String(index).count)) + String(index)
        return Question(
            id: "\(split.rawValue)-\(family.rawValue)-\(name)", split: split, family: family, scene: draft.scene,
            query: draft.query, text: draft.text, options: options, answerText: draft.answer, candidates: candidates,
            hint: hint(draft, &hinting))
    }

    private func hint(_ draft: Draft, _ random: inout SplitMix64) -> Hint? {
        let isGiven = random.chance(0.5)
        guard hints == .all || hints == .some && isGiven else { return nil }
        let isRight = random.chance(rate(candidates: draft.others.count + 1))
        return Hint(suggestion: isRight ? draft.answer : random.pick(draft.others), isRight: isRight)
    }
}
