import Foundation
import Images
import QwenVL
import Samples
import Synchronization

/// Finds out whether a sample can be learned from, and how long it is, without making patches of its pictures.
final class SampleCheck: Sendable {
    /// What there is to know about a good sample.
    struct Finding {
        var tokens: Int
        var visualTokens: Int
        var responseTokens: Int
        var hasSystem: Bool
        /// The sizes of its picture files, in bytes.
        var pictureBytes: [Int]
    }

    private typealias Size = (width: Int, height: Int, bytes: Int)

    private let processor: QwenVLProcessor
    private let settings: DataSettings
    /// Pictures have many questions; each file is looked at once.
    private let sizes = Mutex<[String: Size]>([:])

    init(_ processor: QwenVLProcessor, _ settings: DataSettings) {
        (self.processor, self.settings) = (processor, settings)
    }

    /// - Throws: `SampleError.content`, `ImageError`, `QwenVLError`: what is wrong with the sample.
    func callAsFunction(_ sample: Sample) throws -> Finding {
        try checkTurns(sample.turns)
        var grids: [GridTHW] = []
        var pictureBytes: [Int] = []
        for picture in sample.pictures {
            let size = try size(of: picture)
            grids.append(try processor.imageProcessor.grid(height: size.height, width: size.width))
            if case .file = picture { pictureBytes.append(size.bytes) }
        }
        let standIn = try RGBImage(width: 1, height: 1, pixels: [0, 0, 0])
        let messages = try Sample(turns: settings.turns(of: sample)).messages { _ in standIn }
        let roles = try processor.roles(
            messages, grids: grids, addsGenerationPrompt: false, addsDefaultSystem: settings.system != .none)
        var counts: [TokenRole: Int] = [:]
        for role in roles { counts[role, default: 0] += 1 }
        return Finding(
            tokens: roles.count, visualTokens: counts[.image] ?? 0, responseTokens: counts[.response] ?? 0,
            hasSystem: counts[.system] != nil, pictureBytes: pictureBytes)
    }

    private func checkTurns(_ turns: [Sample.Turn]) throws {
        guard let last = turns.last, last.role == .assistant else {
            throw SampleError.content(
                "The sample does not end with a turn of the assistant, so there is no answer to learn")
        }
        for (index, turn) in turns.enumerated() where turn.role == .assistant {
            guard turn.text.contains(where: { !$0.isWhitespace }) else {
                throw SampleError.content("Turn \(index + 1) is an answer of the assistant without words")
            }
        }
    }

    /// The upright size of a picture, which is known to be readable.
    private func size(of picture: PictureReference) throws -> (width: Int, height: Int, bytes: Int) {
        switch picture {
        case .bytes(let data, let name): return try size(data, name: name)
        case .file(let url):
            let path = url.path
            if let known = sizes.withLock({ $0[path] }) { return known }
            guard let data = try? Data(contentsOf: url) else {
                // It says in its own words why it cannot be read.
                let image = try RGBImage(contentsOf: url)
                return (image.width, image.height, 0)
            }
            let found = try size(data, name: path)
            sizes.withLock { $0[path] = found }
            return found
        }
    }

    private func size(_ data: Data, name: String) throws -> Size {
        switch settings.checkPictures {
        case .decode:
            let image = try RGBImage(encoded: data, name: name)
            return (image.width, image.height, data.count)
        case .header:
            let (width, height) = try RGBImage.size(ofEncoded: data, name: name)
            let (area, overflow) = width.multipliedReportingOverflow(by: height)
            guard !overflow, area <= RGBImage.defaultMaximumPixels else {
                throw ImageError.tooManyPixels(
                    name: name, width: width, height: height, limit: RGBImage.defaultMaximumPixels)
            }
            return (width, height, data.count)
        }
    }
}
