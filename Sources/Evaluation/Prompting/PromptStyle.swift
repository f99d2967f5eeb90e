import QwenVL

/// How the questions of a benchmark are put to a model.
public enum PromptStyle: String, Sendable, Codable, CaseIterable {
    /// As VLMEvalKit (commit e8e78f05) prompts Qwen2.5-VL-7B-Instruct: every set by its own prompt.
    case kit
    /// As VLMEvalKit's `..._cot` and `..._COT` sets do, which ask for reasoning: MathVerse's `query_cot`, MMMU-Pro's last line. The
    /// other sets have no such form and are put as by ``kit``.
    case kitChainOfThought = "kit-cot"
    /// As VLMEvalKit's own prompts for Qwen2-VL do, which its entry for Qwen2.5-VL-7B-Instruct switches off. MMMU-Pro never gets one
    /// and is put as by ``kit``.
    case custom
    /// Asks for `<think>` and `<answer>`, below the question with its options and without words that ask for something else.
    case reasoning

    /// What ``reasoning`` asks for; the microworld asks in the words that models are trained with.
    public static let reasoningInstruction =
        "Think about the picture and the question first, then answer. Put your reasoning between <think> and </think> "
        + "and the final answer between <answer> and </answer>."
}

/// Between which areas pictures are brought.
public struct PixelRange: Sendable, Equatable, Codable {
    /// The smallest area in pixels; smaller pictures are scaled up.
    public var minPixels: Int
    /// The largest area in pixels.
    public var maxPixels: Int

    /// The pixels of a picture, at least and at most, as `min_pixels` and `max_pixels` of the processor.
    public init(minPixels: Int, maxPixels: Int) { (self.minPixels, self.maxPixels) = (minPixels, maxPixels) }

    /// VLMEvalKit's for Qwen2.5-VL-7B-Instruct: 1280 to 16384 squares of 28 x 28.
    public static let kit = PixelRange(minPixels: 1280 * 28 * 28, maxPixels: 16384 * 28 * 28)

    /// The same settings with this range.
    /// - Parameter configuration: settings of pictures.
    /// - Returns: the settings, changed.
    public func applied(to configuration: ImageProcessorConfiguration) -> ImageProcessorConfiguration {
        var configuration = configuration
        (configuration.minPixels, configuration.maxPixels) = (minPixels, maxPixels)
        return configuration
    }
}
