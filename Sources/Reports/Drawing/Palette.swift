import Foundation

/// Colours in order of lightness, so that a drawing reads in grey as well.
struct Palette {
    let anchors: [(red: Double, green: Double, blue: Double)]

    init(_ codes: [UInt32]) {
        anchors = codes.map {
            (Double($0 >> 16 & 0xFF), Double($0 >> 8 & 0xFF), Double($0 & 0xFF))
        }
    }

    /// From dark violet to yellow: viridis of matplotlib (public domain), at eleven places.
    static let values = Palette([
        0x440154, 0x482475, 0x414487, 0x355F8D, 0x2A788E, 0x21918C, 0x22A884, 0x44BF70, 0x7AD151, 0xBDDF26, 0xFDE725,
    ])
    /// From black to pale yellow, over pictures: inferno of matplotlib (public domain), at ten places.
    static let overlay = Palette([
        0x000004, 0x1B0C41, 0x4A0C6B, 0x781C6D, 0xA52C60, 0xCF4446, 0xED6925, 0xFB9B06, 0xF7D13D, 0xFCFFA4,
    ])

    /// The colours that the others lie between, from the first to the last, equally far apart.
    var anchorCodes: [String] { anchors.indices.map { code(at: Double($0) / Double(anchors.count - 1)) } }

    /// The colour at a share of the way, as red, green and blue in 0...255.
    func color(at share: Double) -> (red: Int, green: Int, blue: Int) {
        let place = min(max(share, 0), 1) * Double(anchors.count - 1)
        let index = min(Int(place), anchors.count - 2)
        let rest = place - Double(index)
        let (from, to) = (anchors[index], anchors[index + 1])
        func mix(_ a: Double, _ b: Double) -> Int { Int((a + (b - a) * rest).rounded()) }
        return (mix(from.red, to.red), mix(from.green, to.green), mix(from.blue, to.blue))
    }

    /// The colour at a share of the way as SVG writes it.
    func code(at share: Double) -> String {
        let (red, green, blue) = color(at: share)
        return "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The relative luminance of a share of the way, in 0...1 (WCAG 2).
    func luminance(at share: Double) -> Double {
        let (red, green, blue) = color(at: share)
        func linear(_ value: Int) -> Double {
            let part = Double(value) / 255
            return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
    }
}

extension Canvas {
    /// A strip of all colours of a palette.
    mutating func colourBar(_ palette: Palette, x: Double, y: Double, width: Double, height: Double) {
        let codes = palette.anchorCodes
        let stops = codes.enumerated().map { index, code in
            let place = NumberText.coordinate(100 * Double(index) / Double(codes.count - 1))
            return "<stop offset=\"\(place)%\" stop-color=\"\(code)\"/>"
        }
        raw("<linearGradient id=\"\(prefix)-colours\">\(stops.joined())</linearGradient>")
        rectangle(x, y, width, height, "fill=\"url(#\(prefix)-colours)\"")
    }
}
