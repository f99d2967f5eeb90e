import CCairo
import Foundation

/// A picture that is being drawn with cairo.
final class SceneCanvas {
    private let side: Double
    private let surface: OpaquePointer
    private let context: OpaquePointer

    /// A blank picture.
    init(side: Int, fontPath: String) throws {
        guard let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(side), Int32(side)),
            let context = cairo_create(surface)
        else { throw MicroworldError.drawing("there is no memory") }
        (self.side, self.surface, self.context) = (Double(side), surface, context)
        cairo_set_antialias(context, CAIRO_ANTIALIAS_GRAY)
        cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
        try setFont(fontPath)
        cairo_set_source_rgb(context, 0.96, 0.96, 0.96)
        cairo_paint(context)
    }

    deinit {
        cairo_destroy(context)
        cairo_surface_destroy(surface)
    }

    private func setFont(_ path: String) throws {
        guard let pattern = FcPatternCreate() else { throw MicroworldError.noFont }
        defer { FcPatternDestroy(pattern) }
        FcPatternAddString(pattern, FC_FILE, path)
        FcPatternAddInteger(pattern, FC_INDEX, 0)
        let face = cairo_ft_font_face_create_for_pattern(pattern)
        defer { cairo_font_face_destroy(face) }
        cairo_set_font_face(context, face)
        let options = cairo_font_options_create()
        defer { cairo_font_options_destroy(options) }
        cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY)
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        cairo_set_font_options(context, options)
        guard cairo_font_face_status(face) == CAIRO_STATUS_SUCCESS, cairo_status(context) == CAIRO_STATUS_SUCCESS else {
            throw MicroworldError.noFont
        }
    }

    /// The bytes of the picture as a PNG file.
    func png() throws -> Data {
        cairo_surface_flush(surface)
        var bytes = Data()
        let status = withUnsafeMutablePointer(to: &bytes) { pointer in
            cairo_surface_write_to_png_stream(
                surface,
                { closure, chunk, count in
                    guard let closure, let chunk else { return CAIRO_STATUS_WRITE_ERROR }
                    closure.assumingMemoryBound(to: Data.self).pointee.append(chunk, count: Int(count))
                    return CAIRO_STATUS_SUCCESS
                }, pointer)
        }
        for status in [cairo_status(context), status] where status != CAIRO_STATUS_SUCCESS {
            throw MicroworldError.drawing(String(cString: cairo_status_to_string(status)))
        }
        return bytes
    }

    // MARK: Pieces

    private func setColor(_ color: SceneColor) {
        switch color {
        case .red: cairo_set_source_rgb(context, 0.86, 0.08, 0.10)
        case .green: cairo_set_source_rgb(context, 0.10, 0.62, 0.20)
        case .blue: cairo_set_source_rgb(context, 0.10, 0.30, 0.92)
        case .yellow: cairo_set_source_rgb(context, 0.98, 0.84, 0.10)
        case .purple: cairo_set_source_rgb(context, 0.64, 0.20, 0.78)
        case .black: cairo_set_source_rgb(context, 0.08, 0.08, 0.08)
        }
    }

    private func setGray(_ value: Double) { cairo_set_source_rgb(context, value, value, value) }

    /// Fills the path, and draws around it: yellow would be lost on the ground.
    private func fill(_ color: SceneColor) {
        setColor(color)
        cairo_fill_preserve(context)
        setGray(0.15)
        cairo_set_line_width(context, 1.5)
        cairo_stroke(context)
    }

    private func line(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double, width: Double, gray: Double) {
        setGray(gray)
        cairo_set_line_width(context, width)
        cairo_move_to(context, x0, y0)
        cairo_line_to(context, x1, y1)
        cairo_stroke(context)
    }

    /// Writes text with its middle at a point, moved so far that it lies within the picture.
    private func write(_ text: String, x: Double, y: Double, size: Double) {
        cairo_set_font_size(context, size)
        var extents = cairo_text_extents_t()
        cairo_text_extents(context, text, &extents)
        let left = min(max(1, x - extents.width / 2), side - 1 - extents.width)
        let top = min(max(1, y - extents.height / 2), side - 1 - extents.height)
        setGray(0.05)
        cairo_move_to(context, left - extents.x_bearing, top - extents.y_bearing)
        cairo_show_text(context, text)
    }

    // MARK: Scenes

    func draw(_ items: [Item], side count: Int, lines: Bool) {
        let cell = side / Double(count)
        if lines {
            for index in 1..<count {
                let place = (Double(index) * cell).rounded()
                line(place, 0, place, side, width: 1, gray: 0.65)
                line(0, place, side, place, width: 1, gray: 0.65)
            }
        }
        for item in items {
            let radius = cell * (0.09 + 0.09 * Double(item.size)) + (count == 4 ? 1 : 0)
            let (x, y) = ((Double(item.column) + 0.5) * cell, (Double(item.row) + 0.5) * cell)
            outline(item.kind, x: x, y: y, radius: radius)
            fill(item.color)
        }
    }

    private func outline(_ kind: ShapeKind, x: Double, y: Double, radius r: Double) {
        cairo_new_path(context)
        switch kind {
        case .circle: cairo_arc(context, x, y, r, 0, 2 * Double.pi)
        case .square: cairo_rectangle(context, x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r)
        case .triangle: polygon([(x, y - r), (x + r, y + 0.85 * r), (x - r, y + 0.85 * r)])
        case .cross:
            let t = 0.36 * r
            polygon([
                (x - t, y - r), (x + t, y - r), (x + t, y - t), (x + r, y - t), (x + r, y + t), (x + t, y + t),
                (x + t, y + r), (x - t, y + r), (x - t, y + t), (x - r, y + t), (x - r, y - t), (x - t, y - t),
            ])
        }
    }

    private func polygon(_ points: [(x: Double, y: Double)]) {
        cairo_new_path(context)
        for point in points { cairo_line_to(context, point.x, point.y) }
        cairo_close_path(context)
    }

    func draw(_ bars: [Bar]) {
        let (left, bottom, unit) = (24.0, 104.0, 9.6)
        for value in 0...10 {
            let y = bottom - Double(value) * unit
            // A line for every unit, so that values between the labels can be counted off.
            let isLabelled = value.isMultiple(of: 5)
            line(left, y, side - 2, y, width: 1, gray: value == 0 ? 0.1 : isLabelled ? 0.5 : 0.8)
            if isLabelled { write("\(value)", x: value == 10 ? 11 : 15, y: y, size: 15) }
        }
        line(left, bottom - 10 * unit, left, bottom, width: 1.5, gray: 0.1)
        let slot = (side - 4 - left) / Double(bars.count)
        for (index, bar) in bars.enumerated() {
            let height = Double(bar.value) * unit
            cairo_new_path(context)
            cairo_rectangle(
                context, left + 2 + (Double(index) + 0.15) * slot, bottom - height, 0.7 * slot, height)
            fill(bar.color)
        }
    }

    func draw(_ triangle: Triangle) {
        let radians = triangle.angles.map { Double($0) * .pi / 180 }
        guard radians.count == 3 else { return }
        // The base is one long; the third corner lies where the sides meet (law of sines).
        let reach = sin(radians[1]) / sin(radians[2])
        var corners: [(x: Double, y: Double)] = [(0, 0), (1, 0), (reach * cos(radians[0]), -reach * sin(radians[0]))]
        if triangle.isTurned { corners = corners.map { ($0.x, -$0.y) } }
        let (xs, ys) = (corners.map(\.x), corners.map(\.y))
        guard let x0 = xs.min(), let x1 = xs.max(), let y0 = ys.min(), let y1 = ys.max() else { return }
        let scale = min(78 / (x1 - x0), 66 / (y1 - y0))
        corners = corners.map { corner in
            (side / 2 + (corner.x - (x0 + x1) / 2) * scale, side / 2 + (corner.y - (y0 + y1) / 2) * scale)
        }
        polygon(corners)
        fill(triangle.color)
        for (index, corner) in corners.enumerated() {
            // Labels lie above or below their corner, where they have the picture's full width.
            let isAbove = (index == 2) != triangle.isTurned
            write(
                index == triangle.hidden ? "?" : "\(triangle.angles[index])", x: corner.x,
                y: corner.y + (isAbove ? -11 : 11), size: 16)
        }
    }
}
