import Torch

/// The part a token plays in a conversation.
public enum TokenRole: Int, Sendable, CaseIterable, Codable {
    /// The system turn, its markers included.
    case system = 0
    /// Markers and headers of the other turns, and the marks round a picture.
    case marker = 1
    /// A visual token.
    case image = 2
    /// Text of a user turn.
    case user = 3
    /// Text of an assistant turn, with the token that ends it.
    case response = 4
}

/// What the model takes: tokens that know their role, and pictures as patches.
///
/// The roles are set when the chat template is applied; nothing downstream guesses where a turn begins.
public struct ModelInput {
    /// Token numbers.
    public var inputIDs: [Int]
    /// For each token its part in the conversation.
    public var roles: [TokenRole]
    /// For each token the turn it belongs to, counted from 0.
    public var turns: [Int]
    /// The token that stands for a visual token.
    public var imageTokenID: Int
    /// Normalised patches `[patches, channels * frames * rows * columns]`, picture after picture; nil without pictures.
    public var pixelValues: Tensor?
    /// One per picture.
    public var grids: [GridTHW]
    /// The lengths of the last parts of the tokens, if these are alternatives.
    ///
    /// Each goes on from the tokens before all of them and sees no other, as several answers to one question. Empty where every token
    /// goes on from the one before it.
    ///
    /// Packed passes take such inputs (``QwenVLModel/BatchLayout/packed``); what a part is given is what it would be given alone.
    public var branches: [Int] = []

    /// An input.
    /// - Parameters:
    ///   - inputIDs: token numbers.
    ///   - roles: one per token.
    ///   - turns: one per token.
    ///   - imageTokenID: the token that stands for a visual token.
    ///   - pixelValues: the patches of all pictures, or nil.
    ///   - grids: one per picture.
    /// - Throws: ``QwenVLError/input(_:)`` if there are no tokens, or the lists differ in length.
    public init(
        inputIDs: [Int], roles: [TokenRole], turns: [Int], imageTokenID: Int, pixelValues: Tensor? = nil,
        grids: [GridTHW] = []
    ) throws {
        guard !inputIDs.isEmpty else { throw QwenVLError.input("The input has no tokens") }
        guard roles.count == inputIDs.count, turns.count == inputIDs.count else {
            throw QwenVLError.input("\(inputIDs.count) tokens have \(roles.count) roles and \(turns.count) turns")
        }
        self.inputIDs = inputIDs
        self.roles = roles
        self.turns = turns
        self.imageTokenID = imageTokenID
        self.pixelValues = pixelValues
        self.grids = grids
    }

    /// The rotary positions of the tokens.
    /// - Parameter spatialMergeSize: patches along the side of a visual token.
    /// - Returns: the positions.
    /// - Throws: ``QwenVLError/input(_:)`` if tokens and grids do not agree.
    public func positions(spatialMergeSize: Int) throws -> PositionIDs {
        let isImage = inputIDs.map { $0 == imageTokenID }
        guard !branches.isEmpty else {
            return try PositionIDs(isImage: isImage, grids: grids, spatialMergeSize: spatialMergeSize)
        }
        let shared = sharedCount
        guard shared > 0, branches.allSatisfy({ $0 > 0 }), !isImage[shared...].contains(true) else {
            throw QwenVLError.input(
                "Branches of \(branches) tokens cannot end an input of \(inputIDs.count): they are text behind what they share"
            )
        }
        return try PositionIDs(
            isImage: Array(isImage[..<shared]), grids: grids, spatialMergeSize: spatialMergeSize
        ).branching(branches)
    }

    /// How many tokens all branches go on from; all, without branches.
    public var sharedCount: Int { inputIDs.count - branches.reduce(0, +) }

    /// The rotary positions as a tensor, int64 `[3, 1, tokens]`.
    func positionIDs(spatialMergeSize: Int) throws -> Tensor {
        let positions = try positions(spatialMergeSize: spatialMergeSize)
        return try Tensor(positions.temporal + positions.height + positions.width, shape: [3, 1, inputIDs.count])
    }
}
