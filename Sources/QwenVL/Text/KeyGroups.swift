/// To which groups each key of a sequence belongs: the indicator columns of augmented attention.
///
/// Appended to the values, these columns make any attention kernel return, beside its output, the attention that each query
/// gives to each group: exactly, for every head, without the map (the mass `m_i,g = sum_j A_ij g_j`).
public struct KeyGroups: Sendable, Equatable {
    /// The most groups that one pass can carry: the columns by which a head is widened.
    public static let maximumCount = 8

    /// How many groups there are, 1...8.
    public let count: Int
    /// For each key, the groups it is in: bit g for group g.
    public let membership: [UInt8]

    /// Groups of some keys.
    /// - Parameters:
    ///   - count: how many groups there are, 1...8.
    ///   - membership: for each key, bit g is set if it belongs to group g.
    public init(count: Int, membership: [UInt8]) {
        precondition((1...KeyGroups.maximumCount).contains(count), "There can be 1 to 8 key groups, not \(count).")
        self.count = count
        self.membership = membership
    }

    /// Indicators, `keys * 8` numbers of 0 and 1, row-major; columns without a group are 0.
    var indicators: [Float] {
        var numbers = [Float](repeating: 0, count: membership.count * KeyGroups.maximumCount)
        for (key, bits) in membership.enumerated() where bits != 0 {
            for group in 0..<count where bits & (1 << UInt8(group)) != 0 {
                numbers[key * KeyGroups.maximumCount + group] = 1
            }
        }
        return numbers
    }

    /// The keys of several sequences one behind the other.
    init(joining all: [KeyGroups]) {
        self.init(count: all.first?.count ?? 1, membership: all.flatMap(\.membership))
    }

    /// The same with keys at the end that are in no group.
    func padded(to length: Int, from count: Int) -> KeyGroups {
        KeyGroups(count: self.count, membership: membership + [UInt8](repeating: 0, count: length - count))
    }
}
