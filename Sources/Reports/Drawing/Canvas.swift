/// A drawing under way: SVG elements and the height they need.
struct Canvas {
    /// How much room there is: on a desk or on paper, or on a telephone.
    ///
    /// Every drawing exists in both sizes, since one that is shrunk cannot be read.
    enum Size: String, CaseIterable {
        case wide
        case narrow

        var width: Double { self == .wide ? 760 : 348 }
    }

    let size: Size
    /// Makes the identifiers of this drawing its own among those of a page.
    let prefix: String
    /// Whether elements carry their value as a tip, which a telephone cannot show.
    var hasTips: Bool { size == .wide }
    var width: Double { size.width }
    var height = 0.0
    private(set) var content = ""

    init(size: Size, prefix: String) {
        self.size = size
        self.prefix = prefix
    }

    mutating func raw(_ markup: String) { content += markup }

    mutating func element(_ name: String, _ attributes: String, tip: String? = nil) {
        guard hasTips, let tip else { return content += "<\(name) \(attributes)/>" }
        content += "<\(name) \(attributes)><title>\(Escaping.markup(tip))</title></\(name)>"
    }

    mutating func rectangle(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ attributes: String, tip: String? = nil
    ) {
        element(
            "rect",
            "x=\"\(c(x))\" y=\"\(c(y))\" width=\"\(c(max(0, width)))\" height=\"\(c(max(0, height)))\" \(attributes)",
            tip: tip)
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ attributes: String) {
        element("line", "x1=\"\(c(x1))\" y1=\"\(c(y1))\" x2=\"\(c(x2))\" y2=\"\(c(y2))\" \(attributes)")
    }

    mutating func path(_ data: String, _ attributes: String, tip: String? = nil) {
        element("path", "d=\"\(data)\" \(attributes)", tip: tip)
    }

    mutating func text(_ text: String, _ x: Double, _ y: Double, _ attributes: String = "") {
        content += "<text x=\"\(c(x))\" y=\"\(c(y))\" \(attributes)>\(Escaping.markup(text))</text>"
    }

    /// A text that reads upwards.
    mutating func upwards(_ text: String, _ x: Double, _ y: Double, _ attributes: String = "") {
        content +=
            "<text transform=\"translate(\(c(x)) \(c(y))) rotate(-90)\" \(attributes)>\(Escaping.markup(text))</text>"
    }

    private func c(_ value: Double) -> String { NumberText.coordinate(value) }
}

/// A polygon or a curve as path data.
func pathData(_ points: [(x: Double, y: Double)], isClosed: Bool = false) -> String {
    let corners = points.map { "\(NumberText.coordinate($0.x)) \(NumberText.coordinate($0.y))" }
    return corners.isEmpty ? "" : "M" + corners.joined(separator: "L") + (isClosed ? "Z" : "")
}

/// How wide text comes out, judged generously: fonts differ from reader to reader.
enum TextWidth {
    static func of(_ text: String, size: Double = 12) -> Double {
        text.unicodeScalars.reduce(0) { $0 + units($1) } * size
    }

    private static func units(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case "i", "j", "l", "I", "t", "f", "r", ".", ",", ":", ";", "'", "|", "!", "(", ")", "[", "]", " ": 0.4
        case "m", "w", "M", "W", "%", "@": 0.95
        case "A"..."Z": 0.72
        case _ where scalar.value >= 0x1100: scalar.value < 0x2E80 ? 0.65 : 1.05
        default: 0.62
        }
    }

    /// The text, cut with an ellipsis if it is wider than there is room.
    static func fitting(_ text: String, within room: Double, size: Double = 12) -> String {
        guard of(text, size: size) > room else { return text }
        var rest = Substring(text)
        while !rest.isEmpty, of(rest + "…", size: size) > room { rest.removeLast() }
        return rest + "…"
    }
}
