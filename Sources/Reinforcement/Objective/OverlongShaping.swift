/// A reward that falls as an output comes near the length limit, instead of one sudden loss at it.
///
/// DAPO, arXiv 2503.14476, equation 13, for an output of `n` tokens:
///
/// | | reward |
/// |---|---|
/// | `n <= L_max - L_cache` | 0 |
/// | `L_max - L_cache < n <= L_max` | `((L_max - L_cache) - n) / L_cache` |
/// | `n > L_max` | -1 |
///
/// The paper has `L_max` 20,480 and `L_cache` 4,096 (section 4.1). The reward is added to the others, weighted by 1
/// there.
public struct OverlongShaping: Sendable, Equatable {
    /// `L_max`: the longest output that is allowed, in tokens.
    public let maximumLength: Int
    /// `L_cache`: over how many tokens before that the reward falls.
    public let cacheLength: Int

    /// A shaping.
    /// - Parameters:
    ///   - maximumLength: the longest output that is allowed, in tokens.
    ///   - cacheLength: over how many tokens before that the reward falls; above 0, at most the former.
    /// - Throws: ``ObjectiveError/setting(name:value:expected:)``.
    public init(maximumLength: Int, cacheLength: Int) throws {
        guard maximumLength > 0 else {
            throw ObjectiveError.setting(name: "maximumLength", value: "\(maximumLength)", expected: "above 0")
        }
        guard cacheLength > 0, cacheLength <= maximumLength else {
            throw ObjectiveError.setting(
                name: "cacheLength", value: "\(cacheLength)", expected: "in 1...\(maximumLength), the maximumLength")
        }
        self.maximumLength = maximumLength
        self.cacheLength = cacheLength
    }

    /// The reward of an output's length.
    /// - Parameter length: its tokens, the end token included.
    /// - Returns: a number in -1...0.
    public func callAsFunction(length: Int) -> Double {
        let free = maximumLength - cacheLength
        guard length > free else { return 0 }
        guard length <= maximumLength else { return -1 }
        return Double(free - length) / Double(cacheLength)
    }
}
