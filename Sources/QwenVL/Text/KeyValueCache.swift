import Torch

/// The keys and values of tokens a decoder has seen, so that each further token costs one row.
///
/// Memory for `capacity` tokens is taken at once and written in place. Where attention is observed, the groups of every key
/// lie beside it and stay in force for every later query.
public final class KeyValueCache {
    /// Tokens it can hold.
    public let capacity: Int
    /// Tokens it holds.
    public private(set) var count = 0
    /// Groups of the observed attention, 0 where it is not observed.
    public let groupCount: Int
    /// Per layer `[keyValueHeads, capacity, headSize]`, so that the keys of one head lie side by side.
    private let keys: [Tensor]
    private let values: [Tensor]
    /// uint8 `[capacity]`: bit g for group g.
    private let membership: Tensor
    private var membershipBytes: [UInt8] = []

    /// An empty cache for one sequence.
    /// - Parameters:
    ///   - configuration: the decoder's sizes.
    ///   - capacity: tokens it can hold.
    ///   - groupCount: groups to observe, 0 for none.
    ///   - dtype: the type of keys and values.
    ///   - device: where they lie.
    /// - Throws: `TorchError` if memory is short.
    public init(
        _ configuration: TextConfiguration, capacity: Int, groupCount: Int = 0, dtype: DType = .float32,
        device: Device = .cpu
    ) throws {
        self.capacity = capacity
        self.groupCount = groupCount
        let shape = [configuration.keyValueHeads, capacity, configuration.headSize]
        keys = try (0..<configuration.layerCount).map { _ in try Tensor.empty(shape, dtype: dtype, device: device) }
        values = try (0..<configuration.layerCount).map { _ in try Tensor.empty(shape, dtype: dtype, device: device) }
        membership = try Tensor.zeros([capacity], dtype: .uint8, device: device)
    }

    /// The places of the next `new` tokens in a layer: views `[1, new, keyValueHeads, headSize]` to write into.
    /// - Throws: ``QwenVLError/input(_:)`` if the cache is full.
    func slots(layer: Int, new: Int) throws -> (keys: Tensor, values: Tensor) {
        guard count + new <= capacity else {
            throw QwenVLError.input("The key/value cache holds \(capacity) tokens; \(count + new) are needed")
        }
        func slots(_ buffer: Tensor) throws -> Tensor {
            try buffer.slice(1, count..<count + new).transpose(0, 1).unsqueeze(0)
        }
        return (try slots(keys[layer]), try slots(values[layer]))
    }

    /// Says to which groups the next tokens belong: one byte each.
    func note(_ bytes: [UInt8]) throws {
        guard groupCount > 0, !bytes.isEmpty else { return }
        try membership.slice(0, count..<count + bytes.count).copy(from: Tensor(bytes))
        membershipBytes = membershipBytes.prefix(count) + bytes
    }

    /// The groups of the tokens so far, those just noted included; nil where attention is not observed.
    var groups: KeyGroups? {
        groupCount > 0 ? KeyGroups(count: groupCount, membership: membershipBytes) : nil
    }

    /// The first `tokens` tokens of a layer, a batch of one: views, not copies.
    func read(layer: Int, tokens: Int) throws -> KeyPiece {
        func view(_ buffer: Tensor) throws -> Tensor {
            try buffer.slice(1, 0..<tokens).transpose(0, 1).unsqueeze(0)  // [1, tokens, keyValueHeads, headSize]
        }
        return KeyPiece(
            keys: try view(keys[layer]), values: try view(values[layer]),
            membership: groupCount > 0 ? try membership.slice(0, 0..<tokens).unsqueeze(0) : nil)
    }

    /// Counts the tokens that every layer has written.
    func advance(by tokens: Int) { count += tokens }
}

/// What one sequence has cached: pieces it may share with others, and a last one of its own that grows.
public struct CachedSequence {
    /// Pieces that are only read.
    public let shared: [KeyValueCache]
    /// Where new tokens go.
    public let own: KeyValueCache

    /// A sequence.
    /// - Parameters:
    ///   - shared: pieces before its own, in order.
    ///   - own: where new tokens go.
    public init(shared: [KeyValueCache] = [], own: KeyValueCache) {
        self.shared = shared
        self.own = own
    }

    /// Tokens in all pieces.
    public var count: Int { shared.reduce(own.count) { $0 + $1.count } }

    /// The groups of all tokens, those just noted included; nil where attention is not observed.
    var groups: KeyGroups? {
        guard own.groupCount > 0 else { return nil }
        let pieces = (shared + [own]).compactMap(\.groups?.membership)
        return KeyGroups(count: own.groupCount, membership: Array(pieces.joined()))
    }

    /// The groups of the tokens of each piece, those just noted included.
    var pieceGroups: [KeyGroups?] { (shared + [own]).map(\.groups) }

    /// The pieces of a layer, `new` tokens that are being written included.
    func pieces(layer: Int, new: Int) throws -> [KeyPiece] {
        try shared.map { try $0.read(layer: layer, tokens: $0.count) }
            + [own.read(layer: layer, tokens: own.count + new)]
    }
}
