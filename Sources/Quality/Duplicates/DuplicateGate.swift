import Crypto
import Foundation

/// The text is not nearly one that was kept before: question and final text together, against all samples accepted so
/// far.
///
/// It changes with what is accepted, so `QualityGates` asks it in the order of the samples.
struct DuplicateGate: Sendable {
    private let samePictureOnly: Bool
    private(set) var index: NearDuplicateIndex

    init(_ settings: NearDuplicateIndex.Settings) {
        samePictureOnly = settings.samePictureOnly
        index = NearDuplicateIndex(settings)
    }

    func fingerprint(_ sample: SynthesizedSample) -> NearDuplicateIndex.Fingerprint {
        var scope = ""
        if samePictureOnly {
            scope = SHA256.hash(data: sample.picture ?? Data()).map { String($0, radix: 16) }.joined(separator: ".")
        }
        return index.fingerprint(sample.asked + "\n" + sample.text, scope: scope)
    }

    func verdict(on own: NearDuplicateIndex.Fingerprint) -> GateVerdict {
        guard let match = index.match(for: own) else { return .pass(.duplicate) }
        let percent = Int((100 * match.similarity).rounded(.down))
        return .rejection(
            .duplicate,
            "\(percent) % of its runs of words are those of the sample “\(Excerpt.of(match.id, limit: 80))”.",
            evidence: match.id)
    }

    mutating func keep(_ sample: SynthesizedSample, _ own: NearDuplicateIndex.Fingerprint) {
        index.insert(id: sample.id, own)
    }
}
