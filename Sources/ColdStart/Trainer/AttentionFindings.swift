import QwenVL
import Torch
import VisualAttention

/// Where the guided tokens of some samples looked, summed up over samples.
package struct AttentionFindings {
    /// A head that gives the pictures more than this reads little else.
    static let saturation = 0.95

    /// `[layer][head]`, sums over the samples with a picture, and with a system turn.
    private(set) var image: [[Double]]
    private(set) var system: [[Double]]
    private(set) var imageSamples = 0
    private(set) var systemSamples = 0
    /// Sums over samples of the means over layers and heads, by group.
    private var shares = [Double](repeating: 0, count: RoleGroup.allCases.count)
    private var samples = 0
    /// Sums over the samples that have a score of its pooled form.
    private var scores = 0.0
    private var scored = 0
    private var enhanceSum = 0.0
    private var suppressSum = 0.0
    /// Of the samples of the layers that are being added: what the pooled score is the mean of.
    private var ratios: [Double] = []

    init(layers: Int, heads: Int) {
        image = [[Double]](repeating: [Double](repeating: 0, count: heads), count: layers)
        system = image
    }

    /// The means of one layer, `[samples, heads, groups]`; layers come in their order.
    mutating func add(_ means: Tensor, layer: Int, inputs: [ModelInput], hasQueries: [Bool]) throws {
        let numbers = try withoutGradient { try means.detached().floats() }
        let (heads, groups) = (image[0].count, RoleGroup.allCases.count)
        if layer == 0 { ratios = [Double](repeating: 0, count: inputs.count) }
        for (sample, input) in inputs.enumerated() where hasQueries[sample] {
            func mass(_ head: Int, _ group: RoleGroup) -> Double {
                Double(numbers[(sample * heads + head) * groups + group.rawValue])
            }
            let (hasImage, hasSystem) = (input.roles.contains(.image), input.roles.contains(.system))
            var (visual, lowered) = (0.0, 0.0)
            for head in 0..<heads {
                visual += mass(head, .visual)
                lowered += mass(head, .system)
                if hasImage { image[layer][head] += mass(head, .visual) }
                if hasSystem { system[layer][head] += mass(head, .system) }
                for group in RoleGroup.allCases {
                    shares[group.rawValue] += mass(head, group) / Double(heads * image.count)
                }
            }
            ratios[sample] += visual / lowered / Double(image.count)
            guard layer == image.count - 1 else { continue }
            samples += 1
            imageSamples += hasImage ? 1 : 0
            systemSamples += hasSystem ? 1 : 0
            if hasImage, hasSystem, ratios[sample].isFinite {
                scores += ratios[sample]
                scored += 1
            }
        }
    }

    /// The sums of a layer's logarithms over samples, with the means over layers and heads made.
    mutating func addTerms(enhance: Tensor, suppress: Tensor) throws {
        enhanceSum -= try enhance.item()
        suppressSum += try suppress.item()
    }

    mutating func add(_ other: AttentionFindings) {
        func added(_ a: [[Double]], _ b: [[Double]]) -> [[Double]] { zip(a, b).map { zip($0, $1).map(+) } }
        (image, system) = (added(image, other.image), added(system, other.system))
        imageSamples += other.imageSamples
        systemSamples += other.systemSamples
        shares = zip(shares, other.shares).map(+)
        samples += other.samples
        scores += other.scores
        scored += other.scored
        enhanceSum += other.enhanceSum
        suppressSum += other.suppressSum
    }

    /// What every head gave the pictures, `[layer][head]`; nil if no sample had one.
    var imageMeans: [[Double]]? { Self.means(image, imageSamples) }
    /// What every head gave the system turn, likewise.
    var systemMeans: [[Double]]? { Self.means(system, systemSamples) }

    private static func means(_ sums: [[Double]], _ count: Int) -> [[Double]]? {
        count == 0 ? nil : sums.map { $0.map { $0 / Double(count) } }
    }

    /// The term that raises attention on pictures, means over the samples that have it, in nats; nil if none has.
    package var enhance: Double? { imageSamples == 0 ? nil : enhanceSum / Double(imageSamples) }
    /// The term that lowers attention on the system turn, likewise.
    package var suppress: Double? { systemSamples == 0 ? nil : suppressSum / Double(systemSamples) }
    /// The pooled form of the score; nil if no sample has one.
    var score: Double? { scored == 0 ? nil : scores / Double(scored) }
    /// The mean share of a group, in 0...1.
    func share(_ group: RoleGroup) -> Double? { samples == 0 ? nil : shares[group.rawValue] / Double(samples) }
    /// The share on the words of the conversation: the user's and the assistant's.
    var textShare: Double? {
        guard let user = share(.user), let response = share(.response) else { return nil }
        return user + response
    }
    /// The share of heads that give the pictures more than ``saturation``; nil if no sample had a picture.
    var saturatedHeads: Double? {
        imageMeans.map { means in
            let all = means.joined()
            return Double(all.count { $0 > Self.saturation }) / Double(max(1, all.count))
        }
    }
}
