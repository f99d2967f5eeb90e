import Foundation

/// What preprocessor_config.json says about pictures, named as in transformers' `Qwen2VLImageProcessor`.
public struct ImageProcessorConfiguration: Sendable, Equatable {
    /// The smallest area a picture is brought to, in pixels.
    public var minPixels = 56 * 56
    /// The largest area a picture is brought to, in pixels.
    public var maxPixels = 28 * 28 * 1280
    /// Side of a patch in pixels.
    public var patchSize = 14
    /// Frames per patch; a still picture is repeated so often.
    public var temporalPatchSize = 2
    /// Side of the square of patches that becomes one visual token.
    public var mergeSize = 2
    /// What a sample of 0...255 is multiplied by.
    public var rescaleFactor = 1.0 / 255
    /// Subtracted from each rescaled channel.
    public var imageMean = [0.48145466, 0.4578275, 0.40821073]
    /// What each channel is divided by after that.
    public var imageStd = [0.26862954, 0.26130258, 0.27577711]

    /// The settings of Qwen2.5-VL as published.
    public init() {}

    /// Reads preprocessor_config.json.
    /// - Parameter url: the file.
    /// - Throws: ``QwenVLError`` naming the file and the key, also for a setting that would give other pixels than are
    ///   computed here.
    public init(contentsOf url: URL) throws {
        guard FileManager.default.fileExists(atPath: url.path) else {
            throw QwenVLError.missingFile(path: url.path, purpose: "the sizes and colours pictures are brought to")
        }
        let json = try JSONFile(contentsOf: url)
        // Older files have min_pixels and max_pixels, newer ones the same numbers as edges of `size`; where a file has
        // both, transformers lets the former win.
        let size = try json.section("size")
        let shortest = try size?.integer("shortest_edge", default: size?.integer("min_pixels", default: minPixels))
        let longest = try size?.integer("longest_edge", default: size?.integer("max_pixels", default: maxPixels))
        minPixels = try json.integer("min_pixels", default: shortest ?? minPixels)
        maxPixels = try json.integer("max_pixels", default: longest ?? maxPixels)
        patchSize = try json.integer("patch_size", default: patchSize)
        temporalPatchSize = try json.integer("temporal_patch_size", default: temporalPatchSize)
        mergeSize = try json.integer("merge_size", default: mergeSize)
        rescaleFactor = try json.number("rescale_factor", default: rescaleFactor)
        imageMean = try json.numbers("image_mean") ?? imageMean
        imageStd = try json.numbers("image_std") ?? imageStd
        try validate(json)
    }

    private func validate(_ json: JSONFile) throws {
        func refuse(_ problem: String) -> QwenVLError { .configuration(path: json.path, problem: problem) }
        guard minPixels >= 1, maxPixels >= minPixels else {
            throw refuse("min_pixels \(minPixels) and max_pixels \(maxPixels) must be at least 1 and in this order")
        }
        guard patchSize >= 1, temporalPatchSize >= 1, mergeSize >= 1 else {
            throw refuse("patch_size, temporal_patch_size and merge_size must be at least 1")
        }
        guard imageMean.count == 3, imageStd.count == 3, imageStd.allSatisfy({ $0 > 0 }) else {
            throw refuse("image_mean and image_std must be three numbers each, those of image_std above 0")
        }
        for key in ["do_resize", "do_rescale", "do_normalize", "do_convert_rgb"]
        where try !json.flag(key, default: true) {
            throw refuse(
                "'\(key)' is false; only pictures that are resized, rescaled, normalised and RGB are supported")
        }
        guard try json.integer("resample", default: 3) == 3 else {
            throw refuse("'resample' must be 3 (bicubic), the only interpolation that is supported")
        }
    }
}
