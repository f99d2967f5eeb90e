import Torch

/// The keys and values of the tokens a decoder has seen, so that each further token costs one row.
///
/// Memory for `capacity` tokens is taken at once and written in place. Where attention is observed, the buffers are as wide as
/// augmented heads: the group indicators lie beside the values and stay in force for every later query.
public final class KeyValueCache {
    /// Tokens it can hold.
    public let capacity: Int
    /// Tokens it holds.
    public private(set) var count = 0
    /// Groups of the observed attention, 0 where it is not observed.
    let groupCount: Int
    private let keys: [Tensor]
    private let values: [Tensor]

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
        let width = configuration.headSize + (groupCount > 0 ? KeyGroups.maximumCount : 0)
        let shape = [1, configuration.keyValueHeads, capacity, width]
        keys = try (0..<configuration.layerCount).map { _ in try Tensor.empty(shape, dtype: dtype, device: device) }
        values = try (0..<configuration.layerCount).map { _ in try Tensor.empty(shape, dtype: dtype, device: device) }
    }

    /// Writes the keys and values of new tokens behind those that are there.
    /// - Parameters:
    ///   - layer: whose they are.
    ///   - key: `[1, keyValueHeads, tokens, width]`.
    ///   - value: likewise.
    /// - Throws: ``QwenVLError/input(_:)`` if the cache is full.
    func write(layer: Int, key: Tensor, value: Tensor) throws {
        let new = key.size(2)
        guard count + new <= capacity else {
            throw QwenVLError.input("The key/value cache holds \(capacity) tokens; \(count + new) are needed")
        }
        try keys[layer].slice(2, count..<count + new).copy(from: key)
        try values[layer].slice(2, count..<count + new).copy(from: value)
    }

    /// Keys and values of the first `tokens` tokens, `[1, keyValueHeads, tokens, width]`: views, not copies.
    func read(layer: Int, tokens: Int) throws -> (key: Tensor, value: Tensor) {
        (try keys[layer].slice(2, 0..<tokens), try values[layer].slice(2, 0..<tokens))
    }

    /// Counts the tokens that every layer has written.
    func advance(by tokens: Int) { count += tokens }
}
