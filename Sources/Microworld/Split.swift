import RandomNumbers

/// A part of the microworld.
///
/// Which scene belongs to which is decided by the scene alone, so none can be in two.
public enum Split: String, Codable, Sendable, CaseIterable {
    /// Seven tenths of all scenes.
    case train
    /// A tenth of all scenes, for choices made while training.
    case validation
    /// A tenth of all scenes, for results.
    case test
    /// A tenth of all scenes, of which the more crowded and the closer ones are drawn, with hints that mislead.
    case hard

    /// The split of a scene.
    /// - Parameter scene: what a picture shows.
    public init(of scene: Scene) {
        switch SplitMix64.digest(scene.canonical) % 10 {
        case 0..<7: self = .train
        case 7: self = .validation
        case 8: self = .test
        default: self = .hard
        }
    }

    /// Tells the streams of random numbers of the splits apart.
    var number: UInt64 { UInt64(Self.allCases.firstIndex(of: self) ?? 0) }
}
