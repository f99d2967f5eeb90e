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
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in scene.canonical.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        switch SplitMix64.mixed(hash) % 10 {
        case 0..<7: self = .train
        case 7: self = .validation
        case 8: self = .test
        default: self = .hard
        }
    }

    /// Tells the streams of random numbers of the splits apart.
    var number: UInt64 { UInt64(Self.allCases.firstIndex(of: self) ?? 0) }
}
