import QwenVL
import SettingsFiles

/// How attention is guided: the terms that are added to the loss (arXiv 2603.03825, the attention-guided objective).
///
/// `L = L_LM + alpha L_enhance + beta L_suppress` with, for the queries Q of a sample, a layer's and a head's attention A,
/// `L_enhance = - mean log(sum A over Q and the visual tokens / (|Q| |K|) + eps)` and `L_suppress = + mean log(...)` over the system turn,
/// the means over layers and heads, then, for each term, over the samples that have it. The optimum of both is saturation: all attention on the
/// picture, none on the system turn. With a target a term stops pushing a head once the head's own mass has passed it.
public struct GuidanceSettings: Sendable, Equatable {
    /// Whose attention is guided.
    public enum Queries: String, Sendable, CaseIterable {
        /// The text of the user's turns that can see a picture: the paper's choice.
        case user
        /// The assistant's turns.
        case response
        /// The user's turns and the assistant's, each token counting the same.
        case both
    }

    /// alpha: what the term that raises attention on pictures counts.
    public var enhance = 0.15
    /// beta: what the term that lowers attention on the system turn counts.
    public var suppress = 0.15
    /// Added inside both logarithms.
    public var epsilon = 1e-6
    /// Whose attention is guided.
    public var queries = Queries.user
    /// The layers, counted from 0; nil for all.
    public var layers: [Int]?
    /// The query heads in them, likewise.
    public var heads: [Int]?
    /// A head is no longer pushed to the picture while its running mass on it is above this; nil for the paper's form.
    public var targetImage: Double?
    /// A head is no longer pushed off the system turn while its running mass on it is below this; nil for the paper's form.
    public var targetSystem: Double?

    /// The paper's settings.
    public init() {}

    /// No guidance: attention is watched and left alone.
    public static var none: GuidanceSettings {
        var settings = GuidanceSettings()
        (settings.enhance, settings.suppress) = (0, 0)
        return settings
    }

    /// Whether anything is added to the loss.
    public var isActive: Bool { enhance > 0 || suppress > 0 }

    /// Reads `enhance`, `suppress`, `epsilon`, `queries`, `layers`, `heads`, `guidance_target_image` and `guidance_target_system`.
    /// - Parameter section: where they stand.
    /// - Throws: `SettingsError`, naming the line.
    public init(_ section: SettingsSection) throws {
        enhance = try section.number("enhance", default: 0.15, in: 0...1e6)
        suppress = try section.number("suppress", default: 0.15, in: 0...1e6)
        epsilon = try section.number("epsilon", default: 1e-6, in: 1e-30...1)
        queries = try section.choice("queries", default: .user)
        layers = try section.numberRanges("layers")
        heads = try section.numberRanges("heads")
        targetImage = try section.optionalNumber("guidance_target_image", in: 0...1)
        targetSystem = try section.optionalNumber("guidance_target_system", in: 0...1)
    }

    /// Refuses layers and heads that a model has not.
    func check(_ text: TextConfiguration) throws {
        if let stray = layers?.first(where: { $0 >= text.layerCount }) {
            throw QwenVLError.input("guidance.layers names layer \(stray); the model has \(text.layerCount), from 0 on")
        }
        if let stray = heads?.first(where: { $0 >= text.attentionHeads }) {
            throw QwenVLError.input(
                "guidance.heads names head \(stray); the model has \(text.attentionHeads), from 0 on")
        }
    }
}
