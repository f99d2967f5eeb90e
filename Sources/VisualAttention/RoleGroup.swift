import QwenVL

/// The key groups of the attention measure: one per role, and the system turn once more without the first token.
///
/// The first token lies in the system turn and is the usual attention sink, so the score is given with and without it. The
/// rest has a group of its own, because where the sink takes nearly all of the mass a difference would be noise.
public enum RoleGroup: Int, Sendable, CaseIterable, Codable {
    /// The system turn, its markers included.
    case system = 0
    /// Markers and headers of the other turns.
    case marker = 1
    /// The placeholders of visual tokens, of all pictures; the marks round a picture are in `marker`.
    case visual = 2
    /// Text of the user turns.
    case user = 3
    /// Text of the assistant turns.
    case response = 4
    /// The system turn without the first token of the input.
    case systemWithoutFirst = 5

    /// The name in tables and in JSON.
    public var name: String { String(describing: self) }

    /// The groups that share all attention out among them.
    public static let partition: [RoleGroup] = [.system, .marker, .visual, .user, .response]

    /// The bit of this group in ``/QwenVL/KeyGroups/membership``.
    public var bit: UInt8 { 1 << UInt8(rawValue) }

    /// The group of a role.
    /// - Parameter role: a token's part in the conversation.
    public init(_ role: TokenRole) {
        switch role {
        case .system: self = .system
        case .marker: self = .marker
        case .image: self = .visual
        case .user: self = .user
        case .response: self = .response
        }
    }
}

extension KeyGroups {
    /// The groups of an input's tokens by role.
    /// - Parameter roles: one per token.
    public init(roles: [TokenRole]) {
        let membership = roles.enumerated().map { index, role -> UInt8 in
            let behindFirst = role == .system && index > 0
            return RoleGroup(role).bit | (behindFirst ? RoleGroup.systemWithoutFirst.bit : 0)
        }
        self.init(count: RoleGroup.allCases.count, membership: membership)
    }
}

extension ModelInput {
    /// The text tokens of the user turns that can see a picture: the queries of the score.
    ///
    /// A causal row before the first visual token gives the picture nothing by construction, so it is left out.
    public var userQueries: [Int] {
        guard let picture = roles.firstIndex(of: .image) else { return [] }
        return roles.indices.filter { roles[$0] == .user && $0 > picture }
    }

    /// The tokens of the assistant turns that can see a picture.
    public var responseQueries: [Int] {
        guard let picture = roles.firstIndex(of: .image) else { return [] }
        return roles.indices.filter { roles[$0] == .response && $0 > picture }
    }
}
