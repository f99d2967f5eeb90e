import Foundation
import Images
import RandomNumbers
import Testing

/// Thousands of damaged files: each decodes to some picture or throws, none ends the process.
@Suite struct FuzzTests {
    private static let filesPerFixture = 60

    @Test func damagedFilesDecodeOrAreRefused() throws {
        var random = SplitMix64(seed: 20_260_110)
        var decoded = 0
        var refused = 0
        for fixture in try Fixture.all() {
            for round in 0..<Self.filesPerFixture {
                let damaged = damaged(Array(fixture.data), by: &random)
                do {
                    let image = try RGBImage(
                        encoded: Data(damaged), name: "\(fixture.name), round \(round)", maximumPixels: 1_000_000)
                    #expect(image.pixels.count == image.width * image.height * 3)
                    decoded += 1
                } catch let error as ImageError {
                    let sentence = error.localizedDescription
                    #expect(sentence.hasSuffix(".") && !sentence.contains("\n"), "\(sentence)")
                    refused += 1
                } catch {
                    Issue.record("\(fixture.name), round \(round): \(error) is no ImageError")
                }
            }
        }
        // Both must be common, or the damage is too weak or too strong to reach the codecs.
        #expect(decoded > 500 && refused > 2_000, "\(decoded) decoded, \(refused) refused")
    }

    /// The bytes with one to four changes; half of the PNGs get right checksums again, to get past libpng's first guard.
    private func damaged(_ bytes: [UInt8], by random: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) { change(&bytes, by: &random) }
        let isPNG = bytes.starts(with: [0x89, 0x50])
        return isPNG && Bool.random(using: &random) ? PNGFile.withRightChecksums(bytes) : bytes
    }

    private func change(_ bytes: inout [UInt8], by random: inout SplitMix64) {
        guard bytes.count > 16 else { return }
        let place = Int.random(in: 0..<bytes.count - 8, using: &random)
        let length = Int.random(in: 1...8, using: &random)
        switch Int.random(in: 0..<7, using: &random) {
        case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[place] = .random(in: 0...255, using: &random)
        case 2: bytes.replaceSubrange(place..<place + length, with: repeatElement(0xFF, count: length))
        case 3: bytes.replaceSubrange(place..<place + length, with: repeatElement(0, count: length))
        case 4: bytes.removeSubrange(place..<place + length)
        case 5: bytes.insert(contentsOf: Array(bytes[place..<place + length]), at: place)
        default: bytes.removeLast(Int.random(in: 1...bytes.count / 4, using: &random))
        }
    }
}
