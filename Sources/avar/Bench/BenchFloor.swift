import Foundation
import QwenVL
import Torch

/// The time that a forward pass in float32 cannot do without on this machine: its products and attention calls alone, each by the
/// fastest kernel there is for its shape.
///
/// Every distinct shape is timed on random numbers with each library, the median of some runs counts, and the smallest of the
/// medians is taken as often as the shape occurs.
struct BenchFloor {
    /// Seconds of all products and attention calls together.
    private(set) var seconds = 0.0
    /// Of these, attention.
    private(set) var attentionSeconds = 0.0
    /// Multiplications and additions, those behind a causal mask not counted.
    private(set) var operations = 0.0

    private let runs: Int
    private var known: [String: Double] = [:]

    /// Measures the floor of one pass.
    /// - Parameters:
    ///   - configuration: the model's sizes.
    ///   - input: the tokens and pictures of the pass, whose logits are computed for every token.
    ///   - runs: runs of each kernel; 0 to count operations alone.
    /// - Throws: `QwenVLError` if grids and tokens disagree.
    init(_ configuration: ModelConfiguration, input: ModelInput, runs: Int) throws {
        self.runs = runs
        try addText(configuration.text, tokens: input.inputIDs.count)
        if !input.grids.isEmpty { try addVision(configuration.vision, grids: input.grids) }
    }

    private mutating func addText(_ text: TextConfiguration, tokens: Int) throws {
        let (hidden, layers) = (text.hiddenSize, text.layerCount)
        let keyValueSize = text.keyValueHeads * text.headSize
        try addProduct(rows: tokens, hidden, text.attentionHeads * text.headSize, times: 2 * layers)
        try addProduct(rows: tokens, hidden, keyValueSize, times: 2 * layers)
        try addProduct(rows: tokens, hidden, text.intermediateSize, times: 2 * layers)
        try addProduct(rows: tokens, text.intermediateSize, hidden, times: layers)
        try addProduct(rows: tokens, hidden, text.vocabularySize, times: 1)
        try addAttention(
            sequences: 1, tokens: tokens, heads: text.attentionHeads, keyHeads: text.keyValueHeads,
            width: text.headSize, causal: true, times: layers)
    }

    private mutating func addVision(_ vision: VisionConfiguration, grids: [GridTHW]) throws {
        let patches = grids.reduce(0) { $0 + $1.patchCount }
        let merge = vision.spatialMergeSize * vision.spatialMergeSize
        let (hidden, wide) = (vision.hiddenSize, merge * vision.hiddenSize)
        try addProduct(rows: patches, vision.patchElements, hidden, times: 1)
        try addProduct(rows: patches, hidden, 3 * hidden, times: vision.depth)
        try addProduct(rows: patches, hidden, hidden, times: vision.depth)
        try addProduct(rows: patches, hidden, vision.intermediateSize, times: 2 * vision.depth)
        try addProduct(rows: patches, vision.intermediateSize, hidden, times: vision.depth)
        try addProduct(rows: patches / merge, wide, wide, times: 1)
        try addProduct(rows: patches / merge, wide, vision.outputHiddenSize, times: 1)
        let plan = try VisionPlan(grids: grids, configuration: vision)
        let full = vision.fullAttentionBlocks.count
        for (segments, times) in [(plan.pictures, full), (plan.windows, vision.depth - full)] {
            for segment in segments {
                try addAttention(
                    sequences: segment.count, tokens: segment.length, heads: vision.headCount,
                    keyHeads: vision.headCount, width: vision.headSize, causal: false, times: times)
            }
        }
    }

    private mutating func addProduct(rows: Int, _ inWidth: Int, _ outWidth: Int, times: Int) throws {
        operations += 2 * Double(rows) * Double(inWidth) * Double(outWidth) * Double(times)
        let fastest = try fastest("product \(rows) \(inWidth) \(outWidth)") {
            let x = try Tensor.randn([rows, inWidth])
            let weight = try Tensor.randn([outWidth, inWidth])
            let hasOneDNN = try Runtime.products.oneDNN > 0
            let libraries: [ProductLibrary] = hasOneDNN ? [.blas, .oneDNN] : [.blas]
            return libraries.map { library in { _ = try x.linear(weight, by: library) } }
        }
        seconds += fastest * Double(times)
    }

    private mutating func addAttention(
        sequences: Int, tokens: Int, heads: Int, keyHeads: Int, width: Int, causal: Bool, times: Int
    ) throws {
        let pairs = Double(tokens) * (causal ? Double(tokens + 1) / 2 : Double(tokens))
        operations += 4 * Double(sequences * heads * width) * pairs * Double(times)
        let fastest = try fastest("attention \(sequences) \(tokens) \(heads) \(keyHeads) \(width) \(causal)") {
            let query = try Tensor.randn([sequences, tokens, heads, width])
            let key = try Tensor.randn([sequences, tokens, keyHeads, width])
            let value = try Tensor.randn([sequences, tokens, keyHeads, width])
            let scale = 1 / Double(width).squareRoot()
            // Each in the layout it likes best.
            let apart = try [query, key, value].map { try $0.transpose(1, 2).contiguous() }
            return [
                {
                    _ = try fusedAttention(
                        query: apart[0], key: apart[1], value: apart[2], causal: causal, scale: scale)
                },
                {
                    _ = try observedAttention(
                        query: query, pieces: [KeyPiece(keys: key, values: value)], causal: causal, scale: scale)
                },
            ]
        }
        seconds += fastest * Double(times)
        attentionSeconds += fastest * Double(times)
    }

    /// Seconds of the fastest of some kernels, measured once for each name.
    private mutating func fastest(_ name: String, _ kernels: () throws -> [() throws -> Void]) throws -> Double {
        if runs == 0 { return 0 }
        if let seconds = known[name] { return seconds }
        let medians = try kernels().map { try Stopwatch.times(runs: runs, $0).median }
        let seconds = medians.min() ?? 0
        known[name] = seconds
        return seconds
    }
}

/// Times repeated work.
enum Stopwatch {
    /// Seconds of each run, after one that does not count; of that one if there are no others.
    static func times(runs: Int, warmUp: Bool = true, _ body: () throws -> Void) rethrows -> [Double] {
        func timed() throws -> Double {
            let began = ContinuousClock.now
            try body()
            return began.duration(to: .now).seconds
        }
        let first = warmUp ? [try timed()] : []
        return runs == 0 ? first : try (0..<runs).map { _ in try timed() }
    }

    /// Seconds of each run of two pieces of work in turns, after one of each that does not count.
    static func pairs(
        runs: Int, _ first: () throws -> Void, _ second: () throws -> Void
    ) rethrows -> (first: [Double], second: [Double]) {
        try first()
        try second()
        var seconds: (first: [Double], second: [Double]) = ([], [])
        for _ in 0..<runs {
            seconds.first += try times(runs: 1, warmUp: false, first)
            seconds.second += try times(runs: 1, warmUp: false, second)
        }
        return seconds
    }
}

extension [Double] {
    /// The middle value, the upper one of two.
    var median: Double { isEmpty ? 0 : sorted()[count / 2] }
}
