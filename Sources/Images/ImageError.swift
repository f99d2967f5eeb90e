import Foundation

/// Everything that can go wrong in reading and writing images.
public enum ImageError: LocalizedError, Equatable {
    /// The file at `path` cannot be read.
    case file(path: String, reason: String)
    /// The bytes are of no format that is read; `content` says what they look like.
    case unknownFormat(name: String, content: String)
    /// The bytes begin like an image of `format` and turn out to be damaged or of a kind that is not read.
    case undecodable(name: String, format: ImageFormat, reason: String)
    /// The header gives a width or a height of zero.
    case noPixels(name: String, width: Int, height: Int)
    /// The header gives more pixels than `limit`.
    case tooManyPixels(name: String, width: Int, height: Int, limit: Int)
    /// An image was made from `got` samples, which do not fill `width` by `height` pixels of three samples.
    case sampleCount(width: Int, height: Int, got: Int)
    /// An image of this size could not be written as a file of `format`.
    case encoding(width: Int, height: Int, format: ImageFormat, reason: String)

    /// One sentence that says what is wrong, where, and what to do.
    public var errorDescription: String? {
        switch self {
        case .file(let path, let reason):
            return "The image \(path) cannot be read: \(reason)."
        case .unknownFormat(let name, let content):
            return "\(name) looks like \(content); only JPEG, PNG and WebP are read, so convert it or leave it out."
        case .undecodable(let name, let format, let reason):
            return "\(name) cannot be decoded as \(format.rawValue): \(reason); replace it or leave it out."
        case .noPixels(let name, let width, let height):
            return "\(name) has no pixels: its header says \(width) x \(height); replace it or leave it out."
        case .tooManyPixels(let name, let width, let height, let limit):
            return """
                \(name) has \(width) x \(height) pixels by its header, more than the limit of \(limit); scale it down, \
                or raise the limit if you trust it.
                """
        case .sampleCount(let width, let height, let got):
            return """
                An RGB image of \(width) x \(height) pixels must have a positive width and height and \
                width x height x 3 samples, got \(got).
                """
        case .encoding(let width, let height, let format, let reason):
            return "The image of \(width) x \(height) pixels cannot be written as \(format.rawValue): \(reason)."
        }
    }

    /// The system's words for what made Foundation fail, or Foundation's own if it keeps them to itself.
    static func reason(for error: any Error) -> String {
        guard let cause = (error as? CocoaError)?.underlying as? POSIXError else { return error.localizedDescription }
        return String(cString: strerror(cause.code.rawValue))
    }
}
