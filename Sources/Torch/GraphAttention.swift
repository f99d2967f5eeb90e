import CTorch

/// Neighbouring sequences of one length in a row of tokens; tokens attend to those of their own sequence alone.
public struct SequenceStretch: Sendable, Equatable {
    /// The first token.
    public var start: Int
    /// How many sequences.
    public var count: Int
    /// Tokens of each.
    public var length: Int
    /// The lengths of the last parts of the only sequence, which go on from the tokens before them and do not see each other; empty
    /// for ordinary sequences.
    public var branches: [Int] = []

    /// A stretch.
    /// - Parameters:
    ///   - start: the first token.
    ///   - count: how many sequences.
    ///   - length: tokens of each.
    public init(start: Int, count: Int, length: Int) {
        (self.start, self.count, self.length) = (start, count, length)
    }

    /// A sequence whose last parts do not see each other.
    /// - Parameters:
    ///   - start: the first token.
    ///   - length: its tokens, those of the parts among them.
    ///   - branches: the lengths of the parts.
    public init(start: Int, length: Int, branches: [Int]) {
        self.init(start: start, count: 1, length: length)
        self.branches = branches
    }

    /// How many tokens all parts go on from; 0 for ordinary sequences.
    public var shared: Int { branches.isEmpty ? 0 : length - branches.reduce(0, +) }

    /// For each token the first key of its own part.
    var firstKeys: [Int32] {
        var result = [Int32](repeating: 0, count: branches.isEmpty ? count * length : max(0, shared))
        for branch in branches { result += [Int32](repeating: Int32(result.count), count: branch) }
        return result
    }

    /// Sequences one behind the other, those of one length that are neighbours joined.
    /// - Parameters:
    ///   - lengths: the tokens of each sequence.
    ///   - branches: for each sequence the lengths of its branches; nil where none has any.
    /// - Returns: stretches without gaps.
    public static func joining(_ lengths: [Int], branches: [[Int]]? = nil) -> [SequenceStretch] {
        var result: [SequenceStretch] = []
        var start = 0
        for (index, length) in lengths.enumerated() {
            if let own = branches?[index], !own.isEmpty {
                result.append(SequenceStretch(start: start, length: length, branches: own))
            } else if let last = result.last, last.length == length, last.branches.isEmpty {
                result[result.count - 1].count += 1
            } else {
                result.append(SequenceStretch(start: start, count: 1, length: length))
            }
            start += length
        }
        return result
    }
}

/// The rotary step, attention among the tokens of each sequence, and the masses on groups of its keys, with a gradient of our own.
///
/// `dS_ij = A_ij (dO_i . V_j + sum_g dM_ig G_jg - delta_i)`: of the masses the gradient needs one number more for each class of
/// keys, so that a loss on them costs what attention costs. The map never exists, neither here nor in the backward pass. Takes
/// float32 and bfloat16 on the CPU, see ``takesGraphAttention(_:_:_:)``.
/// - Parameters:
///   - query: `[batch, tokens, heads, width]`, not turned yet.
///   - key: `[batch, tokens, keyValueHeads, width]`, likewise.
///   - value: `[batch, tokens, keyValueHeads, width]`.
///   - cos: float32 `[batch or 1, tokens, width / 2]`.
///   - sin: likewise.
///   - membership: uint8 `[batch, tokens]`, bit g for group g; nil where nothing is observed.
///   - groupCount: how many groups there are.
///   - stretches: which tokens are a sequence, without gaps; a batch of several rows has one stretch, of its rows. Sequences with
///     branches must be causal.
///   - causal: whether a token sees only those up to itself.
///   - scale: what multiplies the scores.
/// - Returns: the output `[batch, tokens, heads, width]`, and the masses float32 `[batch, heads, tokens, groups]` where observed.
/// - Throws: ``TorchError/operation(name:message:)`` if the shapes do not fit.
public func graphAttention(
    query: Tensor, key: Tensor, value: Tensor, cos: Tensor, sin: Tensor, membership: Tensor? = nil,
    groupCount: Int = 0, stretches: [SequenceStretch], causal: Bool, scale: Double
) throws -> (output: Tensor, masses: Tensor?) {
    if let stretch = stretches.first(where: { !$0.branches.isEmpty && ($0.count != 1 || $0.shared <= 0) }) {
        throw TorchError.operation(
            name: "graphAttention",
            message: "branches of \(stretch.branches) tokens cannot end \(stretch.length) tokens")
    }
    let numbers = stretches.flatMap { [Int64($0.start), Int64($0.count), Int64($0.length), Int64($0.shared)] }
    let firstKeys = stretches.allSatisfy(\.branches.isEmpty) ? nil : stretches.flatMap(\.firstKeys)
    var output = CTensor()
    var masses = CTensor()
    try check(
        ct_graph_attention(
            query.handle, key.handle, value.handle, cos.handle, sin.handle, membership?.handle ?? CTensor(),
            Int32(groupCount), numbers, Int32(stretches.count), firstKeys, causal, scale, &output, &masses),
        operation: "graphAttention of \(query.shape)")
    let found = Tensor(adopting: masses)
    return (Tensor(adopting: output), groupCount > 0 ? found : nil)
}

/// Whether ``graphAttention(query:key:value:cos:sin:membership:groupCount:stretches:causal:scale:)`` takes these.
/// - Parameters:
///   - query: the queries.
///   - key: the keys.
///   - value: the values.
/// - Returns: true for float32 and bfloat16 on the CPU.
public func takesGraphAttention(_ query: Tensor, _ key: Tensor, _ value: Tensor) -> Bool {
    ct_takes_graph_attention(query.handle, key.handle, value.handle)
}
