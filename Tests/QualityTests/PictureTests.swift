import Foundation
import Images
import Microworld
import Quality
import Testing

/// Pictures found again however they are encoded, and not mistaken for one another.
@Suite struct PictureTests {
    /// Every picture's original and its variants (Tests/Fixtures/quality/make_pictures.py).
    static func pictures() throws -> [String: [(name: String, data: Data)]] {
        let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/quality/pictures")
        let folder =
            ProcessInfo.processInfo.environment["QUALITY_PICTURES"].map { URL(fileURLWithPath: $0) } ?? fixtures
        var result: [String: [(String, Data)]] = [:]
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            let name = file.lastPathComponent
            result[String(name.prefix { $0 != "." }), default: []].append((name, try Data(contentsOf: file)))
        }
        return result.mapValues { $0.sorted { $0.0 < $1.0 } }
    }

    private static let settings = ContaminationIndex.Settings()

    private static func isSame(_ left: PictureFingerprint, _ right: PictureFingerprint) -> Bool {
        left.shows(
            right, largestDistance: settings.hashDistance, largestDifference: settings.thumbnailDifference)
    }

    private func index(_ pictures: [(id: String, data: Data)]) -> ContaminationIndex {
        ContaminationIndex(pictures.map { .init(id: $0.id, question: "", pictures: [$0.data]) })
    }

    @Test func aPictureIsFoundHoweverItIsEncoded() throws {
        let pictures = try Self.pictures()
        #expect(pictures.count == 10)
        let originals = try pictures.map { name, files in
            (id: name, data: try #require(files.first { $0.name.contains("original") }).data)
        }
        let index = index(originals)
        #expect(index.pictureCount == 10 && index.unreadablePictures.isEmpty)
        var (farthest, largest) = (0, 0.0)
        for (name, files) in pictures {
            let original = try PictureFingerprint(
                encoded: try #require(originals.first { $0.id == name }).data, name: name)
            for file in files {
                let fingerprint = try PictureFingerprint(encoded: file.data, name: file.name)
                farthest = max(farthest, fingerprint.distance(original))
                largest = max(largest, fingerprint.difference(original))
                #expect(
                    index.match(picture: fingerprint)?.id == name,
                    "\(file.name): \(fingerprint.distance(original)) bits, \(fingerprint.difference(original)) levels")
            }
        }
        print("re-encoded: at most \(farthest) firm bits and \(largest) levels from the original")
    }

    @Test func aPictureIsFoundFromOurOwnEncoders() throws {
        for (name, files) in try Self.pictures() {
            let image = try RGBImage(encoded: try #require(files.first).data, name: name)
            let index = index([(name, try image.encodedPNG())])
            for quality in [40.0, 80] {
                let picture = try PictureFingerprint(encoded: image.encodedWebP(quality: quality), name: name)
                #expect(index.match(picture: picture)?.id == name)
            }
        }
    }

    /// 2,000 scenes of the microworld, all drawn differently: each beside all others.
    @Test func scenesOfTheMicroworldAreToldApart() throws {
        let renderer = try SceneRenderer()
        let source = QuestionSource(split: .train, seed: 10)
        var (scenes, prints, number) = (Set<Scene>(), [PictureFingerprint](), 0)
        while prints.count < 2_000 {
            let scene = source.question(number).scene
            number += 1
            guard scenes.insert(scene).inserted else { continue }
            prints.append(try PictureFingerprint(encoded: try renderer.png(scene), name: "\(number)"))
        }
        var (byHash, both, near, mistaken) = (0, 0, [Double](), Set<Int>())
        for left in prints.indices {
            for right in 0..<left {
                guard prints[left].distance(prints[right]) <= 4 else { continue }
                byHash += 1
                if !prints[left].isDegenerate, !prints[right].isDegenerate {
                    near.append(prints[left].difference(prints[right]))
                }
                guard Self.isSame(prints[left], prints[right]) else { continue }
                both += 1
                mistaken.insert(left)
            }
        }
        let pairs = prints.count * (prints.count - 1) / 2
        let degenerate = prints.count { $0.isDegenerate }
        print(
            "microworld: of \(pairs) pairs \(byHash) by the hash alone, \(both) with the thumbnail, "
                + "\(mistaken.count) scenes of \(prints.count) taken for another, \(degenerate) hashes say nothing; "
                + "smallest differences \(near.sorted().prefix(8))")
        #expect(mistaken.count <= 1, "below 0.1 % of the scenes")
    }

    @Test func scenesAreFoundAgainWhenEncodedAnew() throws {
        let renderer = try SceneRenderer()
        let source = QuestionSource(split: .train, seed: 11)
        let scenes = (0..<200).map { source.question($0).scene }
        let drawn = try scenes.map { try renderer.png($0) }
        let index = index(drawn.enumerated().map { (id: "\($0.offset)", data: $0.element) })
        var found = 0
        for (number, data) in drawn.enumerated() {
            let image = try RGBImage(encoded: data, name: "scene")
            let anew = try PictureFingerprint(encoded: image.encodedWebP(quality: 75), name: "scene")
            guard let match = index.match(picture: anew) else { continue }
            found += 1
            #expect(scenes[Int(match.id) ?? -1] == scenes[number])
        }
        print("microworld: \(found) of 200 scenes found again as lossy WebP")
        #expect(found >= 198)
    }

    @Test func flatPicturesDoNotCollide() throws {
        func flat(_ value: UInt8, side: Int = 64, dot: Bool = false) throws -> PictureFingerprint {
            var pixels = [UInt8](repeating: value, count: side * side * 3)
            if dot { pixels[3 * (side * 20 + 20)] ^= 0x3F }
            return PictureFingerprint(try RGBImage(width: side, height: side, pixels: pixels))
        }
        let (white, black, dotted) = (try flat(255), try flat(0), try flat(255, dot: true))
        #expect(white.isDegenerate && black.isDegenerate && dotted.isDegenerate)
        let (again, small) = (try flat(255), try flat(255, side: 32))
        #expect(Self.isSame(white, again), "equal pixels are the same picture")
        #expect(!Self.isSame(white, black) && !Self.isSame(white, dotted) && !Self.isSame(white, small))
    }

    @Test func picturesThatCannotBeDecodedAreCountedAndRejected() throws {
        let index = ContaminationIndex([.init(id: "broken", question: "", pictures: [Data("GIF89a".utf8)])])
        #expect(index.pictureCount == 0 && index.unreadablePictures.first?.id == "broken")
        let files = try #require(try Self.pictures()["coffee"])
        let gate = ContaminationGate(ContaminationIndex([.init(id: "a", question: "", pictures: [files[0].data])]))
        var sample = Sample.good()
        sample.picture = Data("no picture".utf8)
        let verdict = gate.verdict(on: sample)
        #expect(!verdict.passed && verdict.reason?.contains("cannot be compared") == true)
        sample.picture = files[1].data
        #expect(gate.verdict(on: sample).evidence == "a")
    }
}
