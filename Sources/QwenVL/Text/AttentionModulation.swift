import Torch

/// An intervention without training: what chosen layers do to the keys of each group, in chosen rows.
///
/// The changes are those of Torch's `KeyChange`: factors and summands of a score, factors of a weight, by query head and key
/// group. A row that would see no key any more stays as it was.
public struct AttentionModulation: Sendable, Hashable {
    /// The rows whose attention is changed.
    public enum Rows: String, Sendable, CaseIterable, Codable {
        /// Every row.
        case all
        /// The rows behind the last visual token, and every token that is written; none without a picture.
        case afterImage = "after-image"
        /// The tokens of the last answer: while it is written, or where it is given.
        case generated
        /// The rows that are last while an answer is written: the prompt's last, and every token of the answer.
        case last
    }

    /// For each changed layer and every query head of it the changes of the key groups, `[heads][groups]`.
    public var layers: [Int: [[KeyChange]]]
    /// The rows (queries) whose attention is changed; the others see keys as they are.
    public var rows: Rows

    /// An intervention.
    /// - Parameters:
    ///   - layers: for each changed layer, for every query head the changes of the key groups.
    ///   - rows: the rows that are changed.
    public init(layers: [Int: [[KeyChange]]], rows: Rows = .all) {
        self.layers = layers
        self.rows = rows
    }

    /// Which rows of an input are changed when it is read in one pass.
    /// - Parameter input: a prompt, with or without an answer.
    /// - Returns: one flag for each token.
    public func changedRows(of input: ModelInput) -> [Bool] {
        let count = input.inputIDs.count
        let answer = input.lastAnswer
        switch rows {
        case .all: return [Bool](repeating: true, count: count)
        case .afterImage:
            guard let picture = input.roles.lastIndex(of: .image) else { return [Bool](repeating: false, count: count) }
            return (0..<count).map { $0 > picture }
        case .generated: return (0..<count).map { answer.contains($0) }
        case .last: return (0..<count).map { answer.contains($0) || $0 == answer.lowerBound - 1 }
        }
    }

    /// Whether tokens written after a prompt are changed.
    /// - Parameter prompt: ends in the header of an assistant turn.
    /// - Returns: true unless the rows are those behind a picture that is not there.
    public func changesAnswer(to prompt: ModelInput) -> Bool { rows != .afterImage || prompt.roles.contains(.image) }

    /// Refuses layers, heads and groups that a model does not have, and numbers that cannot be used.
    func check(_ configuration: TextConfiguration, groupCount: Int?) throws {
        guard let groupCount else {
            throw QwenVLError.input("An intervention changes keys by their groups, and no groups are given")
        }
        for (layer, heads) in layers {
            guard (0..<configuration.layerCount).contains(layer) else {
                throw QwenVLError.input(
                    "The intervention names layer \(layer); the model has layers 0 to \(configuration.layerCount - 1)")
            }
            guard heads.count == configuration.attentionHeads, heads.allSatisfy({ $0.count <= groupCount }) else {
                throw QwenVLError.input(
                    "The intervention in layer \(layer) must have changes for \(configuration.attentionHeads) heads "
                        + "and at most \(groupCount) groups")
            }
            guard heads.allSatisfy({ $0.allSatisfy(\.isUsable) }) else {
                throw QwenVLError.input(
                    "The intervention in layer \(layer) has a factor that is negative or a number that is not finite; only a "
                        + "bias may be negative infinity, which removes a key")
            }
        }
    }
}

extension KeyChange {
    /// True if no sign is turned and nothing but a removal is infinite.
    fileprivate var isUsable: Bool {
        (0..<Double.infinity).contains(scoreFactor) && (0..<Double.infinity).contains(valueFactor)
            && absoluteFactor.isFinite && bias < .infinity
    }
}

extension ModelInput {
    /// The tokens of the last answer, where one is given at the end; empty behind the last token where none is.
    ///
    /// What a template puts behind the answer's end token is no part of it.
    public var lastAnswer: Range<Int> {
        guard let last = roles.lastIndex(of: .response), turns[last] == turns.last else {
            return roles.count..<roles.count
        }
        let first = roles[...last].lastIndex { $0 != .response }.map { $0 + 1 } ?? 0
        return first..<last + 1
    }
}

/// An intervention in one pass.
struct PassModulation {
    private let modulation: AttentionModulation
    /// Which rows of each sequence are changed, `[batch][queries]`.
    private let rows: [[Bool]]
    /// The same for the kernels, made once for layers that do the same.
    private let keyChanges: [Int: KeyChanges]

    /// Nil where nothing is changed.
    init?(_ modulation: AttentionModulation?, rows: [[Bool]]) throws {
        guard let modulation, !modulation.layers.isEmpty, rows.contains(where: { $0.contains(true) }) else {
            return nil
        }
        self.modulation = modulation
        self.rows = rows
        let bytes = rows.flatMap { $0.map { $0 ? UInt8(1) : 0 } }
        let rowBytes = try Tensor(bytes, shape: [rows.count, rows.first?.count ?? 0])
        var last: (heads: [[KeyChange]], changes: KeyChanges)?
        var all: [Int: KeyChanges] = [:]
        for (layer, heads) in modulation.layers.sorted(by: { $0.key < $1.key }) {
            let changes =
                if let last, last.heads == heads { last.changes } else { try KeyChanges(heads: heads, rows: rowBytes) }
            last = (heads, changes)
            all[layer] = changes
        }
        keyChanges = all
    }

    /// What a layer does, nil for nothing.
    func changes(layer: Int) -> LayerChanges? {
        guard let heads = modulation.layers[layer], let keyChanges = keyChanges[layer] else { return nil }
        return LayerChanges(heads: heads, rows: rows, keyChanges: keyChanges)
    }
}

/// What one layer does to keys in one pass.
package struct LayerChanges {
    /// `[heads][groups]`.
    let heads: [[KeyChange]]
    /// `[batch][queries]`.
    let rows: [[Bool]]
    /// The same for the kernels.
    let keyChanges: KeyChanges

    init(heads: [[KeyChange]], rows: [[Bool]], keyChanges: KeyChanges) {
        self.heads = heads
        self.rows = rows
        self.keyChanges = keyChanges
    }

    package init(heads: [[KeyChange]], rows: [[Bool]]) throws {
        let bytes = rows.flatMap { $0.map { $0 ? UInt8(1) : 0 } }
        let flags = try Tensor(bytes, shape: [rows.count, rows.first?.count ?? 0])
        self.init(heads: heads, rows: rows, keyChanges: try KeyChanges(heads: heads, rows: flags))
    }

    /// True if a score's magnitude is added to it, which no scaling of keys can do.
    var addsMagnitudes: Bool { heads.contains { $0.contains { $0.absoluteFactor != 0 } } }

    /// The same for one sequence of a step.
    func sequence(_ index: Int) -> LayerChanges {
        LayerChanges(heads: heads, rows: [rows[index]], keyChanges: keyChanges)
    }
}
