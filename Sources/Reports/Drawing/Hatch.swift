/// Patterns as plain lines.
///
/// SVG's own patterns come out as pictures when a page is printed.
enum Hatch: Int, CaseIterable {
    case none
    case horizontal
    case rising
    case dots
    case vertical
    case crossed

    private static let spacing = 8.0

    /// Path data of the pattern within a rectangle, on a lattice that is the same wherever the rectangle lies.
    func lines(x: Double, y: Double, width: Double, height: Double, spacing: Double = spacing) -> String {
        switch self {
        case .none: return ""
        case .horizontal, .dots:
            return Self.steps(from: y, to: y + height, spacing)
                .map { "M\(Self.c(x)) \(Self.c($0))H\(Self.c(x + width))" }.joined()
        case .vertical:
            return Self.steps(from: x, to: x + width, spacing)
                .map { "M\(Self.c($0)) \(Self.c(y))V\(Self.c(y + height))" }.joined()
        case .rising: return Self.rising(x, y, width, height, spacing)
        case .crossed:
            return Self.rising(x, y, width, height, spacing) + Self.falling(x, y, width, height, spacing)
        }
    }

    private static func steps(from start: Double, to end: Double, _ spacing: Double) -> [Double] {
        Array(stride(from: (start / spacing).rounded(.up) * spacing, to: end, by: spacing))
    }

    /// Lines of equal x + y.
    private static func rising(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ spacing: Double
    ) -> String {
        steps(from: x + y, to: x + y + width + height, spacing * 1.25).map { sum in
            let (left, right) = (max(x, sum - y - height), min(x + width, sum - y))
            return "M\(c(left)) \(c(sum - left))L\(c(right)) \(c(sum - right))"
        }.joined()
    }

    /// Lines of equal x - y.
    private static func falling(
        _ x: Double, _ y: Double, _ width: Double, _ height: Double, _ spacing: Double
    ) -> String {
        steps(from: x - y - height, to: x + width - y, spacing * 1.25).map { difference in
            let (left, right) = (max(x, difference + y), min(x + width, difference + y + height))
            return "M\(c(left)) \(c(left - difference))L\(c(right)) \(c(right - difference))"
        }.joined()
    }

    private static func c(_ value: Double) -> String { NumberText.coordinate(value) }
}
