import Foundation
import RandomNumbers
import Synchronization

/// Faults that a server makes on purpose, so that clients can be tested against them.
///
/// Which request meets which fault is decided by the seed and by how many questions were asked before it. Only
/// `/v1/chat/completions` is faulty.
public struct Faults: Sendable, Equatable {
    /// What goes wrong.
    public enum Kind: String, Sendable, CaseIterable {
        /// 429 with Retry-After, without an answer.
        case crowded = "429"
        /// 500, without an answer.
        case failure = "500"
        /// Nothing is sent for a while, then the connection is closed.
        case stall
        /// The connection is closed in the middle of the answer.
        case cut
        /// The answer is no JSON.
        case json
        /// The answer is JSON of another form.
        case schema
    }

    /// The share of requests that meet each fault, 0 to 1 and together at most 1.
    public var shares: [Kind: Double]
    /// What Retry-After says, in seconds.
    public var retryAfter = 1
    /// For how long nothing is sent in a stall, in seconds.
    public var stallSeconds = 30.0
    /// What decides which request meets which fault.
    public var seed: UInt64 = 0

    /// Faults.
    /// - Parameter shares: the share of requests that meet each fault.
    public init(shares: [Kind: Double]) { self.shares = shares }

    /// Reads faults from a text such as `429=0.05,500=0.05,stall=0.02,seed=7,retry-after=1,stall-seconds=5`.
    /// - Parameter text: names with shares; `all=0.2` gives every fault the same share of that.
    /// - Throws: ``ServingError/setting(_:)``.
    public init(parsing text: String) throws {
        self.init(shares: [:])
        for part in text.split(separator: ",") {
            let pair = part.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            guard pair.count == 2, let number = Double(pair[1]), number >= 0, number.isFinite else {
                throw ServingError.setting("A fault is written NAME=SHARE, got \(part); \(Self.names).")
            }
            switch pair[0] {
            case "all":
                for kind in Kind.allCases { shares[kind] = number / Double(Kind.allCases.count) }
            case "seed": seed = UInt64(pair[1]) ?? UInt64(min(number, 1e15))
            case "retry-after": retryAfter = Int(min(number, 1e6))
            case "stall-seconds": stallSeconds = number
            default:
                guard let kind = Kind(rawValue: pair[0]) else {
                    throw ServingError.setting("There is no fault \(pair[0]); \(Self.names).")
                }
                shares[kind] = number
            }
        }
        try validate()
    }

    /// How faults are written, in words.
    public static let names =
        "names are \(Kind.allCases.map(\.rawValue).joined(separator: ", ")), all, seed, retry-after and stall-seconds"

    /// Refuses shares that cannot be.
    /// - Throws: ``ServingError/setting(_:)``.
    func validate() throws {
        let sum = shares.values.reduce(0, +)
        guard shares.values.allSatisfy({ $0 >= 0 }), sum <= 1 + 1e-9 else {
            throw ServingError.setting("The shares of faults must be at least 0 and at most 1 together, got \(sum).")
        }
        guard (0...1e6).contains(stallSeconds), retryAfter >= 0 else {
            throw ServingError.setting("A fault lasts 0 to 1000000 s, got \(stallSeconds) and \(retryAfter).")
        }
    }

    /// What a request meets.
    /// - Parameter number: how many were asked before it.
    /// - Returns: a fault, or nil.
    func fault(of number: UInt64) -> Kind? {
        var random = SplitMix64(seed, number)
        var place = random.uniform()
        for kind in Kind.allCases {
            place -= shares[kind] ?? 0
            if place < 0 { return kind }
        }
        return nil
    }
}

/// Gives one request after the other its fault.
final class FaultSource: Sendable {
    let faults: Faults
    private let count = Mutex<UInt64>(0)

    init(_ faults: Faults) { self.faults = faults }

    func next() -> Faults.Kind? {
        let number = count.withLock { count in
            defer { count += 1 }
            return count
        }
        return faults.fault(of: number)
    }
}
