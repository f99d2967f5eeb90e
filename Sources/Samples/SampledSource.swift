import Foundation
import RandomNumbers

/// Some samples of a source, drawn once and for all, in the source's order.
struct SampledSource: SampleSource {
    private let base: any SampleSource
    private let count: Int
    private let place: String

    /// The draw depends on nothing but both counts; the place is what asks for so many, for messages.
    init(_ base: any SampleSource, count: Int, of place: String) {
        (self.base, self.count, self.place) = (base, count, place)
    }

    var name: String { base.name }
    var files: [URL] { base.files }

    func entries() throws -> SampleEntries {
        let all = try base.count()
        guard count <= all else {
            throw SampleError.content(
                "\(place) asks for \(count) samples ('num_samples'), and there are \(all); give a weight to repeat them"
            )
        }
        var random = SplitMix64(UInt64(all), UInt64(count))
        let drawn = Set(random.sample(Array(0..<all), count))
        var (entries, index) = (try base.entries(), -1)
        return SampleEntries {
            while let entry = entries.next() {
                index += 1
                if drawn.contains(index) { return entry }
            }
            return nil
        }
    }
}
