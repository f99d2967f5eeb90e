import CCairo
import Foundation

/// Draws scenes as PNG.
///
/// The same scene gives the same bytes wherever the libraries (cairo, FreeType, libpng, zlib) and the font are the same: font, hinting
/// and smoothing are set here, and nothing is taken from the desktop's settings.
public struct SceneRenderer: Sendable {
    /// Width and height of every picture in pixels.
    ///
    /// Four by four visual tokens of 28 pixels: the least at which numbers of 11 pixels fit beside a triangle or an axis, and a
    /// shape in a grid of four by four still has a token of its own.
    public static let side = 112

    /// The font file, which fontconfig names.
    private let fontPath: String

    /// Lets renderers find the font in a file, beside the fonts that are installed.
    ///
    /// To be called before the first renderer, while the process has one thread: what fontconfig knows is the process's. A file
    /// that holds no font adds none.
    /// - Parameter path: a DejaVuSans-Bold.ttf.
    public static func addFont(path: String) {
        FcConfigAppFontAddFile(nil, path)
    }

    /// A renderer.
    /// - Throws: ``MicroworldError/noFont`` if DejaVu Sans Bold is neither installed nor added.
    public init() throws {
        guard let pattern = FcPatternCreate() else { throw MicroworldError.noFont }
        defer { FcPatternDestroy(pattern) }
        FcPatternAddString(pattern, FC_FAMILY, "DejaVu Sans")
        FcPatternAddInteger(pattern, FC_WEIGHT, FC_WEIGHT_BOLD)
        FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN)
        FcConfigSubstitute(nil, pattern, FcMatchPattern)
        FcDefaultSubstitute(pattern)
        var result = FcResultNoMatch
        // fontconfig always names a font; whether it is the one that was asked for is to be looked at.
        guard let match = FcFontMatch(nil, pattern, &result) else { throw MicroworldError.noFont }
        defer { FcPatternDestroy(match) }
        var file: UnsafeMutablePointer<FcChar8>?
        guard FcPatternGetString(match, FC_FILE, 0, &file) == FcResultMatch, let file,
            case let path = String(cString: file), path.hasSuffix("/DejaVuSans-Bold.ttf")
        else { throw MicroworldError.noFont }
        fontPath = path
    }

    /// Draws a scene.
    /// - Parameter scene: what the picture shows.
    /// - Returns: the bytes of a PNG file.
    /// - Throws: ``MicroworldError/drawing(_:)`` if cairo fails.
    public func png(_ scene: Scene) throws -> Data {
        let canvas = try SceneCanvas(side: Self.side, fontPath: fontPath)
        switch scene {
        case .shapes(let side, let lines, let items): canvas.draw(items, side: side, lines: lines)
        case .chart(let bars): canvas.draw(bars)
        case .triangle(let triangle): canvas.draw(triangle)
        }
        return try canvas.png()
    }
}

/// Why a picture or a data set cannot be made.
public enum MicroworldError: Error, LocalizedError, Equatable {
    /// The font is not installed.
    case noFont
    /// Cairo cannot draw.
    case drawing(String)
    /// A folder that holds something else.
    case foreign(path: String, problem: String)
    /// A file that cannot be written.
    case file(path: String, reason: String)

    /// One sentence: what was wrong, where, what to do.
    public var errorDescription: String? {
        switch self {
        case .noFont:
            "The font DejaVu Sans Bold is not installed, and numbers would be drawn in another or not at all; install the "
                + "Debian package fonts-dejavu-core (`make setup` does)."
        case .drawing(let reason): "A picture cannot be drawn: \(reason)."
        case .foreign(let path, let problem): "\(path) cannot take this data set: \(problem); give another --output."
        case .file(let path, let reason): "\(path) cannot be written: \(reason)."
        }
    }
}
