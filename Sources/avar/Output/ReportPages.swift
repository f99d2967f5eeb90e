import ArgumentParser
import Foundation
import Images
import QwenVL
import Reports
import Samples
import Tokenization
import Torch
import VisualAttention

/// What the pages of several commands have in common.
enum ReportPages {
    /// The scores in their four forms, as rows of a summary.
    static func rows(_ name: String, _ score: VisualAttentionScore, without: VisualAttentionScore) -> [Summary.Row] {
        let (with, without) = (ScoreForms(score), ScoreForms(without))
        return ScoreForm.allCases.map { form in
            Summary.Row(
                "VAS of the \(name), \(form.rawValue)", with[form].map(number) ?? "undefined",
                note: "without the first token \(without[form].map(number) ?? "undefined")")
        }
    }

    /// With four significant digits.
    static func number(_ value: Double) -> String { String(format: "%.4g", value) }

    /// The map of the score by layer and head.
    static func heatMap(_ values: [[Double?]], of name: String) -> Report.Section {
        .heatMap(
            HeatMap(
                title: "VAS by layer and head, \(name)",
                caption:
                    "Mean over queries of the attention on the picture over that on the system turn; hatched where the "
                    + "system turn gets nothing.",
                values: values))
    }

    /// How each layer shares its attention out.
    static func shares(_ layers: [LayerAttention], of name: String) throws -> Report.Section {
        let bands: [(String, (LayerAttention) -> Double)] = [
            ("first token", \.first), ("system without it", { $0.system - $0.first }), ("marker", \.marker),
            ("visual", \.visual), ("user", \.user), ("response", \.response),
        ]
        return .stackedAreas(
            try StackedAreas(
                title: "Shares of attention by role, \(name)",
                caption: "Means over heads and queries. The first token lies in the system turn and is the usual sink.",
                bands: bands.map { name, part in StackedAreas.Band(name, layers.map(part)) }))
    }

    /// The score along tokens.
    static func along(_ scores: [Double?], of name: String) -> Report.Section {
        .lineChart(
            LineChart(
                title: "VAS along the \(name)",
                caption:
                    "The reward's form: per layer masses averaged over heads, then divided, then averaged over layers.",
                xAxis: Axis("token", isInteger: true), yAxis: Axis("VAS", spacing: .automatic),
                series: [LineChart.Series(name, values: scores)]))
    }

    /// Pictures under the attention of tokens, with a new line before one of them if wanted.
    static func overlay(
        _ looks: [TokenLook], of name: String, images: [RGBImage], input: ModelInput, views: [MapView],
        processor: QwenVLProcessor, breakBefore: Int? = nil,
        caption: String = "Attention weights on the visual tokens, as the model used them."
    ) throws -> Report.Section? {
        guard !looks.isEmpty, !images.isEmpty else { return nil }
        let merge = processor.configuration.vision.spatialMergeSize
        let sizes = input.grids.map { (rows: $0.height / merge, columns: $0.width / merge) }
        let pixels = merge * processor.configuration.vision.patchSize
        let pictures = try zip(images, sizes).enumerated().map { index, pair in
            let (image, size) = pair
            let shown = try image.fitted(width: size.columns * pixels, height: size.rows * pixels)
            return AttentionOverlay.Picture(
                name: "picture \(index + 1)", data: try shown.encodedPNG(), width: image.width, height: image.height,
                rows: size.rows, columns: size.columns)
        }
        let texts = processor.tokenizer.pieces(looks.map(\.tokenID))
        let tokens = zip(looks, texts).enumerated().map { index, pair in
            let (look, text) = pair
            return AttentionOverlay.Token(
                text: index + 1 == breakBefore ? text + "\n" : text, score: look.score,
                maps: look.maps.map { input.grids(of: $0, spatialMergeSize: merge).map(\.weights) })
        }
        return .overlay(
            try AttentionOverlay(
                title: "Where the \(name) looked",
                caption: caption, pictures: pictures, mapNames: views.map(\.name), tokens: tokens))
    }
}

extension Tokenizer {
    /// The text of each token, such that together they are the text of all; a character that takes several tokens comes with
    /// the last of them.
    func pieces(_ tokenIDs: [Int]) -> [String] {
        var decoder = StreamDecoder(self, skipsSpecialTokens: false)
        var pieces = tokenIDs.map { decoder.append($0) }
        if !pieces.isEmpty { pieces[pieces.count - 1] += decoder.finish() }
        return pieces
    }
}

extension ReportPages {
    /// A picture small enough for a page that has thousands.
    /// - Parameters:
    ///   - picture: the picture.
    ///   - size: its longer side at most, in pixels.
    /// - Returns: the picture as WebP.
    /// - Throws: `ImageError`, naming the picture.
    static func thumbnail(_ picture: PictureReference, size: Int) throws -> ItemBrowser.Picture {
        let image = try picture.image()
        let scale = min(1, Double(size) / Double(max(image.width, image.height)))
        func side(_ length: Int) -> Int { max(1, Int((Double(length) * scale).rounded())) }
        let shown = try image.fitted(width: side(image.width), height: side(image.height))
        return ItemBrowser.Picture(
            mediaType: "image/webp", data: try shown.encodedWebP(quality: 80), width: shown.width, height: shown.height)
    }
}

extension RGBImage {
    /// The picture at no more than a size, as the model sees it: a page needs no more.
    fileprivate func fitted(width: Int, height: Int) throws -> RGBImage {
        guard self.width > width || self.height > height else { return self }
        let stored = try Tensor(pixels, shape: [1, self.height, self.width, 3]).permute([0, 3, 1, 2]).contiguous()
        let resized = try stored.resizeBicubic(height: height, width: width).permute([0, 2, 3, 1]).contiguous()
        return try RGBImage(width: width, height: height, pixels: resized.values(as: UInt8.self))
    }
}

/// A view of where tokens look, as the command line names it: `mean`, `LAYER` or `LAYER:HEAD`.
struct MapView: ExpressibleByArgument {
    let selection: AttentionMaps.Selection
    let name: String

    /// All layers and heads.
    static let mean = MapView(selection: .init(), name: "mean over layers and heads")

    private init(selection: AttentionMaps.Selection, name: String) {
        self.selection = selection
        self.name = name
    }

    init?(argument: String) {
        if argument == "mean" {
            self = .mean
            return
        }
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(parts.count), let layer = parts[0], layer >= 0 else { return nil }
        guard parts.count == 2 else {
            self.init(selection: .init(layers: [layer]), name: "layer \(layer), mean over heads")
            return
        }
        guard let head = parts[1], head >= 0 else { return nil }
        self.init(selection: .init(layers: [layer], heads: [head]), name: "layer \(layer), head \(head)")
    }
}
