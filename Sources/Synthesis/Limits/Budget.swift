import Synchronization

/// What has been spent on a store, and whether a request more is still within the caps.
///
/// What is under way counts with its estimate. Of other processes on the same store only what they have finished is
/// seen.
final class Budget: Sendable {
    /// What a request needs at most.
    struct Estimate: Sendable {
        var tokens: Int
        var cost: Double
    }

    private struct State {
        var spent: SpentTotals
        var underWay = (requests: 0, tokens: 0, cost: 0.0)
    }

    private let caps: SynthesisSettings.Caps
    private let state: Mutex<State>

    init(_ caps: SynthesisSettings.Caps, spent: SpentTotals) {
        self.caps = caps
        state = Mutex(State(spent: spent))
    }

    /// Takes what a request needs.
    /// - Returns: nil if it may go; else which cap it would pass, in words.
    func take(_ estimate: Estimate) -> String? {
        state.withLock { state in
            if let cap = caps.requests, state.spent.requests + state.underWay.requests + 1 > cap {
                return "the limit of \(cap) requests is reached"
            }
            if let cap = caps.tokens, state.spent.tokens + state.underWay.tokens + estimate.tokens > cap {
                return
                    "the limit of \(cap) tokens is reached: \(state.spent.tokens) are spent, and the next request may take "
                    + "\(estimate.tokens)"
            }
            if let cap = caps.cost, state.spent.cost + state.underWay.cost + estimate.cost > cap {
                return
                    "the limit of \(Self.money(cap)) is reached: \(Self.money(state.spent.cost)) are spent, and the next "
                    + "request may cost \(Self.money(estimate.cost))"
            }
            state.underWay.requests += 1
            state.underWay.tokens += estimate.tokens
            state.underWay.cost += estimate.cost
            return nil
        }
    }

    /// Notes what a request really took.
    func settle(_ estimate: Estimate, tokens: Int, cost: Double, wasSent: Bool = true) {
        state.withLock { state in
            state.underWay.requests -= 1
            state.underWay.tokens -= estimate.tokens
            state.underWay.cost -= estimate.cost
            state.spent.requests += wasSent ? 1 : 0
            state.spent.tokens += tokens
            state.spent.cost += cost
        }
    }

    /// Takes over what the store says, in which the work of other processes is seen.
    func update(_ stored: SpentTotals) {
        state.withLock { state in
            state.spent.requests = max(state.spent.requests, stored.requests)
            state.spent.tokens = max(state.spent.tokens, stored.tokens)
            state.spent.cost = max(state.spent.cost, stored.cost)
        }
    }

    static func money(_ amount: Double) -> String {
        let cents = (amount * 10_000).rounded() / 10_000
        return "\(cents)"
    }
}

/// What has been spent.
public struct SpentTotals: Sendable, Codable, Equatable {
    /// Requests, repetitions included.
    public var requests = 0
    /// Tokens of prompts and answers.
    public var tokens = 0
    /// In the currency of the prices.
    public var cost = 0.0
}
