import Foundation
import Images
import QwenVL
import Tokenization
import Torch

/// A model with its processor and its checkpoint's way of answering: conversations in, text and attention out.
public struct VisualAssistant {
    /// The model, whose parameters lie in memory or in the mapped file.
    public let model: QwenVLModel
    /// Conversations to model input; the sizes to which it scales pictures may be changed.
    public var processor: QwenVLProcessor
    /// What the checkpoint says about how answers are written and when they end.
    public let configuration: GenerationConfiguration

    /// Opens a checkpoint folder in the Hugging Face layout.
    /// - Parameters:
    ///   - folder: holds config.json, tokenizer.json, preprocessor_config.json and safetensors weights.
    ///   - dtype: the type to compute in; nil for the stored one.
    ///   - device: where the model computes.
    /// - Throws: an error whose `localizedDescription` says what is wrong with which file.
    public init(folder: URL, dtype: DType? = .float32, device: Device = .cpu) throws {
        try self.init(folder: folder) { try QwenVLModel(folder: $0, dtype: dtype, device: device) }
    }

    /// Opens a checkpoint folder whose model is loaded in some way of one's own.
    ///
    /// The small files are read first: what is wrong with them is said before gigabytes are read.
    /// - Parameters:
    ///   - folder: holds config.json, tokenizer.json, preprocessor_config.json and safetensors weights.
    ///   - load: opens the model of the folder.
    /// - Throws: an error whose `localizedDescription` says what is wrong with which file, and what `load` throws.
    public init(folder: URL, loading load: (URL) throws -> QwenVLModel) throws {
        let model = try ModelConfiguration(folder: folder)
        processor = try QwenVLProcessor(folder: folder, configuration: model)
        configuration = try GenerationConfiguration(folder: folder)
        self.model = try load(folder)
    }

    /// Options as the checkpoint suggests them, with marks of pictures and videos banned.
    ///
    /// The answer ends with the end tokens of generation_config.json, with `<|im_end|>` where none is named.
    /// - Parameter maxNewTokens: the most tokens to write.
    /// - Returns: the options, to be changed at will.
    public func options(maxNewTokens: Int = 512) -> GenerationOptions {
        let fallback = processor.tokenizer.id(of: "<|im_end|>").map { Set([$0]) } ?? []
        var sampling = configuration.sampling
        sampling.bannedTokenIDs = model.configuration.visualMarkIDs
        return GenerationOptions(
            maxNewTokens: maxNewTokens,
            endTokenIDs: configuration.endTokenIDs.isEmpty ? fallback : configuration.endTokenIDs, sampling: sampling)
    }

    /// Options for measurements, the same for every checkpoint: always the likeliest token, nothing penalised.
    ///
    /// Of what generation_config.json says only the end tokens count: a repetition penalty would also keep the words of
    /// the question out of the answer.
    /// - Parameter maxNewTokens: the most tokens to write.
    /// - Returns: the options, to be changed at will.
    public func greedyOptions(maxNewTokens: Int = 512) -> GenerationOptions {
        var options = options(maxNewTokens: maxNewTokens)
        options.sampling.temperature = 0
        options.sampling.repetitionPenalty = 1
        return options
    }

    /// Answers one question about pictures as the checkpoint suggests, and observes the attention.
    /// - Parameters:
    ///   - prompt: the question.
    ///   - images: the pictures, put before the question.
    ///   - maxNewTokens: the most tokens to write.
    /// - Returns: the answer.
    /// - Throws: an error whose `localizedDescription` says what is wrong.
    public func ask(_ prompt: String, about images: [RGBImage] = [], maxNewTokens: Int = 512) throws -> Answer {
        let input = try processor([.user(prompt, images: images)])
        return try answer([Question(input, options: options(maxNewTokens: maxNewTokens))])[0][0]
    }

    /// Answers several questions at once; the answers are those that each question and each sample would get alone.
    /// - Parameters:
    ///   - questions: they may differ in everything, but those with an intervention in attention have the same.
    ///   - onText: sees the text of every answer as it becomes certain; returns false to stop that answer.
    /// - Returns: for every question its answers.
    /// - Throws: as ``/QwenVL/QwenVLModel/generate(_:rowsPerStep:onToken:)``, and what `onText` throws.
    public func answer(
        _ questions: [Question], onText: (AnswerText) throws -> Bool = { _ in true }
    ) throws -> [[Answer]] {
        var writers = questions.map { question in
            [TextWriter](
                repeating: TextWriter(processor.tokenizer, stopStrings: question.stopStrings),
                count: max(0, question.samples))
        }
        // An intervention acts on groups, so they are observed with it; an answer leaves out what nobody asked for.
        let observes = questions.contains { $0.observesAttention || $0.intervention?.changesAttention == true }
        let requests = try questions.map { try $0.request(for: model.configuration, observes: observes) }
        let generations = try model.generate(requests) { token in
            var text = AnswerText(question: token.request, sample: token.sample, text: "")
            (text.text, text.finishReason) = writers[token.request][token.sample].take(token)
            return try onText(text) && !writers[token.request][token.sample].isStopped
        }
        return questions.indices.map { question in
            zip(generations[question], writers[question]).map { generation, writer in
                var (generation, writer) = (generation, writer)
                _ = writer.finish()
                if writer.isStopped { generation.finishReason = .stop }
                if !questions[question].observesAttention {
                    (generation.promptMasses, generation.masses) = ([], [])
                }
                return Answer(text: writer.text, generation: generation, input: questions[question].input)
            }
        }
    }
}

/// The text of one answer while it is written.
private struct TextWriter {
    private(set) var text = ""
    private var decoder: StreamDecoder
    private var cutter: TextCutter

    init(_ tokenizer: Tokenizer, stopStrings: [String]) {
        decoder = StreamDecoder(tokenizer, skipsSpecialTokens: true)
        cutter = TextCutter(stops: stopStrings)
    }

    /// True if one of the strings has ended the text.
    var isStopped: Bool { cutter.isStopped }

    /// Takes a token.
    /// - Returns: the text that is certain now, and why it is the last.
    mutating func take(_ token: GeneratedToken) -> (text: String, finishReason: FinishReason?) {
        var piece = cut(decoder.append(token.tokenID))
        text += piece
        if token.finishReason != nil { piece += finish() }
        return (piece, isStopped ? .stop : token.finishReason)
    }

    /// Ends the text, which may have been ended before.
    /// - Returns: what was held back.
    mutating func finish() -> String {
        let piece = cut(decoder.finish()) + String(decoding: cutter.finish(), as: UTF8.self)
        text += piece
        return piece
    }

    /// What of the text is certain to stand before any of the strings.
    private mutating func cut(_ text: String) -> String {
        String(decoding: cutter.append(Array(text.utf8)), as: UTF8.self)
    }
}
