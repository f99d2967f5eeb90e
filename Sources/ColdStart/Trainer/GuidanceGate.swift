/// Which heads are still pushed: running means of what every head gives the pictures and the system turn.
///
/// In the bounded form a term stops pushing a head once the head's mass has passed the target. What decides is the mean of the steps
/// before, so that how a step is cut into passes changes nothing, and no sample that is behind the others goes on pushing a head that
/// has arrived. Carried from step to step and saved with every state.
package struct GuidanceGate: Codable, Equatable {
    /// How much of the running mean a step keeps.
    private static let decay = 0.9

    /// `[layer][head]`, each mean times ``weight``.
    package private(set) var image: [[Double]] = []
    package private(set) var system: [[Double]] = []
    /// The share of the steps' weight that has been seen, from 0 to 1, of samples with a picture and with a system turn.
    package private(set) var imageWeight = 0.0
    package private(set) var systemWeight = 0.0

    /// Of no step.
    package init() {}

    /// What every head gave in a step, means over its samples; nil where no sample had that part.
    package mutating func add(image: [[Double]]?, system: [[Double]]?) {
        if let image { Self.add(image, to: &self.image, weight: &imageWeight) }
        if let system { Self.add(system, to: &self.system, weight: &systemWeight) }
    }

    private static func add(_ found: [[Double]], to means: inout [[Double]], weight: inout Double) {
        if means.isEmpty { means = found.map { $0.map { _ in 0 } } }
        for layer in found.indices {
            for head in found[layer].indices {
                means[layer][head] = decay * means[layer][head] + (1 - decay) * found[layer][head]
            }
        }
        weight = decay * weight + (1 - decay)
    }

    /// 1 for every head of a layer that is still pushed to the pictures, else 0.
    func imageFactors(layer: Int, heads: Int, target: Double?) -> [Double] {
        guard let target, imageWeight > 0 else { return [Double](repeating: 1, count: heads) }
        return image[layer].map { $0 / imageWeight < target ? 1 : 0 }
    }

    /// 1 for every head of a layer that is still pushed off the system turn, else 0.
    func systemFactors(layer: Int, heads: Int, target: Double?) -> [Double] {
        guard let target, systemWeight > 0 else { return [Double](repeating: 1, count: heads) }
        return system[layer].map { $0 / systemWeight > target ? 1 : 0 }
    }
}
