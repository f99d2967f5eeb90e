import Torch

/// The sizes that decide how much memory a training takes: those of a model, and those of its longest pass.
public struct ModelSizes: Sendable, Equatable {
    /// A stack of layers with attention and a gated feed-forward block.
    public struct Tower: Sendable, Equatable {
        /// How many layers lie one upon the other.
        public var layers: Int
        /// Width of the residual stream.
        public var hidden: Int
        /// Width of the feed-forward block.
        public var intermediate: Int
        /// Query heads of a layer.
        public var heads: Int
        /// Key/value heads of a layer; as many as query heads in the vision tower.
        public var keyValueHeads: Int
        /// Width of one query, key or value, columns for masses not counted.
        public var headSize: Int
        /// By how many columns heads are widened, for masses and modulation; 0 where they are plain.
        public var extraColumns: Int
        /// True where one product makes queries, keys and values, as in the vision tower.
        public var joinsProjections: Bool

        /// The sizes of a stack.
        /// - Parameters:
        ///   - layers: layers.
        ///   - hidden: width of the residual stream.
        ///   - intermediate: width of the feed-forward block.
        ///   - heads: heads of queries.
        ///   - keyValueHeads: heads of keys and values.
        ///   - headSize: width of a head.
        ///   - extraColumns: by how many columns heads are widened, for masses and modulation.
        ///   - joinsProjections: true where one product makes queries, keys and values, as in the vision tower.
        public init(
            layers: Int, hidden: Int, intermediate: Int, heads: Int, keyValueHeads: Int, headSize: Int,
            extraColumns: Int = 0, joinsProjections: Bool = false
        ) {
            (self.layers, self.hidden, self.intermediate) = (layers, hidden, intermediate)
            (self.heads, self.keyValueHeads, self.headSize) = (heads, keyValueHeads, headSize)
            (self.extraColumns, self.joinsProjections) = (extraColumns, joinsProjections)
        }

        /// Bytes that one layer keeps of one token.
        ///
        /// - two norms, ``normBytes(elementSize:)`` each;
        /// - what the attention takes and gives, turned queries and keys, values and output, widened where they are:
        ///   `(2 heads + 2 keyValueHeads) (headSize + extraColumns)`, with a float32 number for each head, the logarithm of its sum;
        /// - the output once more, where its extra columns are cut off or the parts of windows are joined: `heads headSize`;
        /// - queries and keys before the rotary step, where one product makes them and the values, which keep it:
        ///   `(heads + keyValueHeads) headSize`;
        /// - the gate before and after its SiLU, what the other projection gives, and the product: `4 intermediate`.
        func bytesPerToken(elementSize: Int) -> Int {
            let attention = (2 * heads + 2 * keyValueHeads) * (headSize + extraColumns)
            let copied = extraColumns > 0 || joinsProjections ? heads * headSize : 0
            let joined = joinsProjections ? (heads + keyValueHeads) * headSize : 0
            return 2 * normBytes(elementSize: elementSize)
                + (attention + copied + joined + 4 * intermediate) * elementSize + 4 * heads
        }

        /// Bytes that a norm keeps of one token: the stream in float32 at least, and it divided by its length, before and after the
        /// weights, in the model's type.
        func normBytes(elementSize: Int) -> Int { hidden * (max(elementSize, 4) + 2 * elementSize) }

        /// Bytes that the stack keeps of some tokens.
        ///
        /// Without checkpointing, all that every layer keeps; with it, the input of every layer, and all of the one layer that is
        /// just being made again.
        func bytes(tokens: Int, elementSize: Int, checkpointing: Bool) -> Int {
            let layer = tokens * bytesPerToken(elementSize: elementSize)
            return checkpointing ? layers * tokens * hidden * elementSize + min(layers, 1) * layer : layers * layer
        }
    }

    /// All parameters of the model.
    public var parameters: Int
    /// Parameters that are trained, which have gradients and moments.
    public var trainedParameters: Int
    /// Bytes of a number in weights and activations.
    public var elementSize: Int
    /// The text decoder's stack.
    public var text: Tower
    /// The vision tower; nil without one, or if nothing in it nor before it is trained, so that it keeps nothing.
    public var vision: Tower?
    /// Rows of the output projection: numbers in one row of logits.
    public var vocabulary: Int
    /// Tokens of the longest pass, padding included.
    public var tokens: Int
    /// Those of them whose next token is a target.
    public var targets: Int
    /// Patches of all pictures in the longest pass, before they are merged into visual tokens.
    public var patches: Int
    /// How many numbers of gradients the optimizer widens at a time.
    public var widenedCount: Int

    /// The sizes.
    /// - Parameters:
    ///   - parameters: all parameters of the model.
    ///   - trainedParameters: those that are trained.
    ///   - elementSize: bytes of a number in weights and activations.
    ///   - text: the text decoder.
    ///   - vision: the vision tower, if something in it is trained.
    ///   - vocabulary: words of the vocabulary.
    ///   - tokens: tokens of the longest pass, padding included.
    ///   - targets: those of them whose next token is a target.
    ///   - patches: patches of its pictures.
    ///   - widenedCount: how many numbers of gradients the optimizer widens at a time; AdamW's own unless given.
    public init(
        parameters: Int, trainedParameters: Int, elementSize: Int, text: Tower, vision: Tower?, vocabulary: Int,
        tokens: Int, targets: Int, patches: Int, widenedCount: Int = ModelSizes.defaultWidenedCount
    ) {
        (self.parameters, self.trainedParameters, self.elementSize) = (parameters, trainedParameters, elementSize)
        (self.text, self.vision, self.vocabulary) = (text, vision, vocabulary)
        (self.tokens, self.targets, self.patches) = (tokens, targets, patches)
        self.widenedCount = widenedCount
    }

    /// Bytes of what both towers keep for the backward pass, the embedded tokens and the last norm with them.
    func activationBytes(checkpointing: Bool) -> Int {
        func bytes(_ tower: Tower, _ tokens: Int) -> Int {
            let ends = tower.hidden * elementSize + tower.normBytes(elementSize: elementSize)
            return tokens * ends
                + tower.bytes(tokens: tokens, elementSize: elementSize, checkpointing: checkpointing)
        }
        return bytes(text, tokens) + (vision.map { bytes($0, patches) } ?? 0)
    }

    /// Bytes of `[targets, vocabulary]` four times: logits and their gradient in the model's type, log-probabilities and theirs in
    /// float32 at least.
    var logitBytes: Int { targets * vocabulary * 2 * (elementSize + max(elementSize, 4)) }
}

extension ModelSizes {
    /// How many numbers of gradients AdamW widens at a time.
    public static var defaultWidenedCount: Int { AdamW.widenedCount }
}
