import Foundation
import RandomNumbers
import Safetensors
import Testing

@Suite struct HeaderFuzzTests {
    /// Up to four bytes of length and header are changed.
    ///
    /// What is then still accepted must be sound: its tensors cover the data without gap and can be read.
    @Test(arguments: ["every_dtype", "names"])
    func damagedHeadersAreRefusedOrSound(name: String) throws {
        let original = [UInt8](try Data(contentsOf: fixtures.appendingPathComponent("\(name).safetensors")))
        let dataByteCount = try SafetensorsFile(contentsOf: fixtures.appendingPathComponent("\(name).safetensors"))
            .entries.reduce(0) { $0 + $1.byteRange.count }
        let folder = try TemporaryFolder()
        var generator = SplitMix64(seed: 2_603_038_25)
        var refused = 0
        for round in 0..<3000 {
            var bytes = original
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let position = Int.random(in: 0..<bytes.count - dataByteCount, using: &generator)
                if Bool.random(using: &generator) {
                    bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                } else {
                    bytes[position] = Array(#"{}[]",:0123456789-.eu\ "#.utf8).randomElement(using: &generator) ?? 0
                }
            }
            let url = try folder.file(bytes)
            do {
                let file = try SafetensorsFile(contentsOf: url)
                var end = file.entries.first?.byteRange.lowerBound ?? bytes.count
                for entry in file.entries {
                    #expect(entry.byteRange.lowerBound == end, "round \(round)")
                    end = entry.byteRange.upperBound
                    #expect(try file.bytes(of: entry.name) == Array(bytes[entry.byteRange]), "round \(round)")
                }
                #expect(end == bytes.count, "round \(round)")
            } catch let error as SafetensorsError {
                refused += 1
                #expect(error.localizedDescription.hasPrefix(url.path), "round \(round)")
            }
        }
        #expect((1..<3000).contains(refused))
    }
}
