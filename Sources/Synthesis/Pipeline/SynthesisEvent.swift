/// What happens while a synthesis runs.
public enum SynthesisEvent: Sendable {
    /// An answer came, and is stored.
    case answered(Stage, seconds: Double, tokens: Int)
    /// A request failed and will be repeated.
    case retry(Stage, reason: String, seconds: Double)
    /// A reply cannot be used, and another is asked for if there are tries left.
    case malformed(Stage, sample: String, reason: String)
    /// An endpoint is left alone for a while.
    case opened(host: String, seconds: Double)
    /// An endpoint is back.
    case closed(host: String)
    /// The judge rejected what was made; it is made again if there are tries left.
    case judged(sample: String, gate: String, reason: String)
    /// A sample came through.
    case accepted(sample: String)
    /// A sample did not.
    case rejected(sample: String, gate: String, reason: String)
    /// Nothing new is begun, for this reason.
    case stopping(String)
}

extension SynthesisEvent {
    /// The words of a trouble without what a server said, so that troubles of one kind can be counted.
    /// - Parameter reason: of a retry, as `it answered what is no JSON (“<html>”)`.
    /// - Returns: the same with `“…”` for everything in quotation marks.
    public static func kind(of reason: String) -> String {
        guard let start = reason.firstIndex(of: "“"), let end = reason.lastIndex(of: "”"), start < end else {
            return reason
        }
        return reason[...start] + "…" + reason[end...]
    }
}

/// What came of a run.
public struct SynthesisSummary: Sendable {
    /// Why a run ended before all samples were accepted or rejected.
    public enum Stop: Sendable, Equatable {
        /// Somebody asked for it.
        case interrupted
        /// A cap was reached, in words.
        case cap(String)
        /// An endpoint lets nobody ask, or has not come back, in words.
        case endpoint(String)

        /// A sentence without its period.
        public var words: String {
            switch self {
            case .interrupted: "the run was interrupted"
            case .cap(let words), .endpoint(let words): words
            }
        }
    }

    /// Why it ended early; nil if everything is done.
    public var stop: Stop?
    /// How far everything is.
    public var funnel: Funnel
    /// How long it took, in seconds.
    public var seconds: Double
}
