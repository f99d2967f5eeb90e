import RandomNumbers

/// An oracle: it reads the scene itself, never a picture, and writes texts about it.
///
/// It is no model, and what it answers says nothing about one. Models are trained on its texts and measured against
/// its answers. Every text is decided by the seed, the question or scene, and the variant; every sentence of it is
/// true of the scene, except for slips that the same text takes back.
public struct Oracle: Sendable {
    /// What decides every choice of words.
    public let seed: UInt64

    /// An oracle.
    /// - Parameter seed: what decides every choice of words.
    public init(seed: UInt64 = 0) { self.seed = seed }

    /// The answer in words, from the scene and the query alone: the question's own key is not looked at.
    /// - Parameter question: what is asked of which scene.
    /// - Returns: the answer in the form of ``Question/answerText``; "unknown" if the query does not fit the scene, which
    ///   no ``QuestionSource`` draws.
    public func answer(to question: Question) -> String { question.query.answer(in: question.scene) ?? "unknown" }

    /// What is to be answered: the letter of the option that equals the answer, or the answer in words.
    /// - Parameter question: what is asked of which scene, with its options.
    /// - Returns: a letter or words, in the form of ``Question/answer``.
    public func reply(to question: Question) -> String {
        let answer = answer(to: question)
        return question.options.firstIndex(of: answer).map { Question.letters[$0] } ?? answer
    }

    /// Everything that a question could ask for, in sentences: a scan of the whole, the elements, how they relate, a
    /// summary.
    /// - Parameters:
    ///   - scene: what the picture shows.
    ///   - variant: tells several texts about the same scene apart.
    /// - Returns: a text of about a hundred words at most.
    public func description(of scene: Scene, variant: UInt64) -> String {
        var wording = wording(about: scene.canonical, variant, purpose: 1)
        return scene.description(&wording)
    }

    /// Everything that a question could ask for, in one fixed and compact form.
    ///
    /// Shapes: "top left: large red circle; center: small blue cross". Bars from the left: "red 3; blue 7". The corners of
    /// a triangle: "left 40; right ?; top 95".
    /// - Parameter scene: what the picture shows.
    /// - Returns: a line without a period.
    public func listing(of scene: Scene) -> String { scene.listing }

    /// A thought of one or two short sentences that reaches the answer.
    /// - Parameters:
    ///   - question: what is asked of which scene.
    ///   - variant: tells several texts about the same question apart.
    /// - Returns: a text of 25 words at most.
    public func brief(for question: Question, variant: UInt64) -> String {
        var wording = wording(about: question, variant, purpose: 2)
        return question.query.brief(in: question.scene, &wording) ?? "The answer is \(answer(to: question))."
    }

    /// A chain that states what there is, reasons from it and checks itself; in about a quarter of them a slip is taken
    /// back.
    /// - Parameters:
    ///   - question: what is asked of which scene.
    ///   - variant: tells several texts about the same question apart.
    /// - Returns: a text of about 90 words at most, which ends in the right answer, with its letter if there are
    ///   options.
    public func reflection(for question: Question, variant: UInt64) -> String {
        chain(for: question, variant, purpose: 100) { $0.reflection(&$1) }
    }

    /// The same chain with visual anchors: sentences that look back at something in the picture and say what is there.
    /// - Parameters:
    ///   - question: what is asked of which scene.
    ///   - variant: tells several texts about the same question apart.
    /// - Returns: a text of about 90 words at most, which ends in the right answer, with its letter if there are
    ///   options.
    public func anchored(for question: Question, variant: UInt64) -> String {
        chain(for: question, variant, purpose: 200) { $0.anchored(&$1) }
    }

    /// A thought as it is put into a response: "<think>...</think><answer>B</answer>".
    /// - Parameters:
    ///   - think: the thought.
    ///   - question: what is asked, whose right answer is put behind the thought.
    /// - Returns: the whole response.
    public func response(think: String, question: Question) -> String {
        "<think>\(think)</think><answer>\(reply(to: question))</answer>"
    }

    /// A chain in words, drawn again while it is too long.
    ///
    /// What is told (a slip, the hint) is decided before, the same for both manners: crowded scenes have slips as often
    /// as others.
    private func chain(
        for question: Question, _ variant: UInt64, purpose: UInt64, _ say: (Chain, inout Wording) -> String
    ) -> String {
        let (answer, reply) = (answer(to: question), reply(to: question))
        var plan = wording(about: question, variant, purpose: 3)
        let (hasSlip, speaksOfHint) = (plan.chance(0.25), plan.chance(0.7))
        var texts: [String] = []
        for attempt in 0..<UInt64(64) {
            var wording = wording(about: question, variant, purpose: purpose + attempt)
            guard let argument = question.query.argument(in: question.scene, &wording) else {
                return "The answer is \(answer)."
            }
            var choice = plan
            let chain = Chain(
                argument: argument, answer: answer, letter: question.options.contains(answer) ? reply : nil,
                hint: speaksOfHint ? question.hint?.suggestion : nil,
                slip: hasSlip && !argument.slips.isEmpty ? choice.pick(argument.slips) : nil)
            let text = say(chain, &wording)
            if Self.words(text) <= Self.longest { return text }
            texts.append(text)
        }
        return texts.min { Self.words($0) < Self.words($1) } ?? ""
    }

    /// How many words a chain may have: what small models learn to write is short.
    private static let longest = 90

    private static func words(_ text: String) -> Int { text.split(separator: " ").count }

    /// The words for a text about a question.
    ///
    /// Identifiers are unique within a seed of a source only, so the scene counts too.
    func wording(about question: Question, _ variant: UInt64, purpose: UInt64) -> Wording {
        wording(about: question.id + " " + question.scene.canonical, variant, purpose: purpose)
    }

    private func wording(about text: String, _ variant: UInt64, purpose: UInt64) -> Wording {
        Wording(SplitMix64(seed, SplitMix64.digest(text), variant, purpose))
    }
}
