/// What all gates say of a sample.
public struct GateDecision: Sendable, Equatable, Codable {
    /// What every gate says, in their order.
    public let verdicts: [GateVerdict]
    /// What the first gate says that it does not pass; nil if it is accepted.
    public var rejection: GateVerdict? { verdicts.first { !$0.passed } }
    /// Whether it passes every gate.
    public var isAccepted: Bool { rejection == nil }
}

/// The gates in their order.
///
/// All are asked of every sample, so that what each rejects can be counted; the first that a sample does
/// not pass is why it is rejected.
///
/// What is nearly the same is judged against the samples that were accepted before, so decisions hang on the order of the
/// samples and on nothing else. ``inspect(_:)`` does all the work that needs no order, on any number of threads.
public struct QualityGates: Sendable {
    /// The gates in their order.
    public let kinds: [GateKind]
    private let gates: [any QualityGate]
    private var duplicates: DuplicateGate?

    /// What needs no order to be said of a sample.
    public struct Inspection: Sendable {
        /// What the gates say, but for that of duplicates, in their order.
        public let verdicts: [GateVerdict]
        let fingerprint: NearDuplicateIndex.Fingerprint?
    }

    /// The gates that settings name.
    /// - Parameters:
    ///   - settings: which gates, and what each asks for.
    ///   - benchmarks: what samples are compared with by `contamination`.
    /// - Throws: ``QualitySettingsError`` if a gate is named twice, or `contamination` has no benchmarks.
    public init(_ settings: QualitySettings = QualitySettings(), benchmarks: ContaminationIndex? = nil) throws {
        kinds = settings.gates
        var (gates, seen): ([any QualityGate], Set<GateKind>) = ([], [])
        for kind in kinds {
            guard seen.insert(kind).inserted else { throw QualitySettingsError.twice(kind.rawValue) }
            switch kind {
            case .format: gates.append(FormatGate())
            case .answer: gates.append(AnswerGate())
            case .leak: gates.append(LeakGate())
            case .anchors: gates.append(AnchorGate(settings.anchors))
            case .reflection: gates.append(ReflectionGate(settings.reflection))
            case .language: gates.append(LanguageGate(settings.language))
            case .length: gates.append(LengthGate(settings.length))
            case .repetition: gates.append(RepetitionGate(settings.repetition))
            case .contamination:
                guard let benchmarks else { throw QualitySettingsError.noBenchmarks }
                gates.append(ContaminationGate(benchmarks))
            case .duplicate: duplicates = DuplicateGate(settings.duplicate)
            }
        }
        self.gates = gates
    }

    /// Asks all gates that need no order.
    /// - Parameter sample: what the stages have made.
    /// - Returns: what ``decide(_:after:)`` goes on from.
    public func inspect(_ sample: SynthesizedSample) -> Inspection {
        Inspection(verdicts: gates.map { $0.verdict(on: sample) }, fingerprint: duplicates?.fingerprint(sample))
    }

    /// Decides about a sample, and remembers it if it is accepted.
    /// - Parameters:
    ///   - sample: what the stages have made.
    ///   - inspection: what ``inspect(_:)`` of these gates said of the same sample.
    /// - Returns: what every gate says.
    public mutating func decide(_ sample: SynthesizedSample, after inspection: Inspection) -> GateDecision {
        var verdicts = inspection.verdicts
        if let place = kinds.firstIndex(of: .duplicate), let own = inspection.fingerprint,
            let verdict = duplicates?.verdict(on: own)
        {
            verdicts.insert(verdict, at: place)
        }
        let decision = GateDecision(verdicts: verdicts)
        if decision.isAccepted, let own = inspection.fingerprint { duplicates?.keep(sample, own) }
        return decision
    }

    /// Decides about a sample, and remembers it if it is accepted.
    /// - Parameter sample: what the stages have made.
    /// - Returns: what every gate says.
    public mutating func evaluate(_ sample: SynthesizedSample) -> GateDecision {
        decide(sample, after: inspect(sample))
    }

    /// Remembers a sample that was accepted earlier, without asking a gate: to go on with a run, in its order.
    /// - Parameter sample: what the stages had made.
    public mutating func remember(_ sample: SynthesizedSample) {
        guard let own = duplicates?.fingerprint(sample) else { return }
        duplicates?.keep(sample, own)
    }
}
