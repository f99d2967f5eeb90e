import ColdStart
import Foundation
import Images
import QwenVL
import RandomNumbers
import Samples
import Testing

/// A folder of data that is gone when the test is, and the processor of the checkpoint of this repository.
final class DataFolder {
    let url: URL
    let processor: QwenVLProcessor

    init() throws {
        url = FileManager.default.temporaryDirectory.appendingPathComponent("data-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        let checkpoint = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Checkpoints/microworld")
        processor = try QwenVLProcessor(
            folder: checkpoint, configuration: ModelConfiguration(folder: checkpoint))
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    /// A data file of some lines.
    func lines(_ lines: [String], _ name: String = "data.jsonl") throws -> any SampleSource {
        let file = url.appendingPathComponent(name)
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        return try SampleFiles.source(file.path)
    }

    /// A picture file of one grey.
    @discardableResult
    func picture(_ name: String, grey: UInt8 = 100, width: Int = 64, height: Int = 32) throws -> RGBImage {
        let image = try RGBImage(
            width: width, height: height, pixels: [UInt8](repeating: grey, count: 3 * width * height))
        try image.encodedPNG().write(to: url.appendingPathComponent(name))
        return image
    }

    /// Checks one source.
    func data(
        _ source: any SampleSource, maximumTokens: Int = 500, onBadSample: DataSettings.BadSample = .fail,
        system: DataSettings.System = .keep, checkPictures: DataSettings.PictureCheck = .decode
    ) throws -> ColdStartData {
        try ColdStartData(
            [WeightedSource(source)], processor: processor,
            settings: DataSettings(
                maximumTokens: maximumTokens, onBadSample: onBadSample, system: system, checkPictures: checkPictures))
    }

    /// What goes wrong, with this folder left out.
    func sentence(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing is wrong"
        } catch {
            return error.localizedDescription.replacingOccurrences(of: url.path + "/", with: "")
        }
    }
}

/// The numbers of an input's tokens, roles and patches.
struct InputNumbers: Equatable {
    let ids: [Int]
    let roles: [TokenRole]
    let pixels: [Float]

    init(_ input: ModelInput) throws {
        (ids, roles) = (input.inputIDs, input.roles)
        pixels = try input.pixelValues?.floats() ?? []
    }
}
