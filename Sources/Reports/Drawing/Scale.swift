import Foundation

/// Values to places on the drawing, with the marks of an axis.
struct Scale {
    /// The values at the two ends.
    let domain: ClosedRange<Double>
    let isLogarithmic: Bool
    /// The places of the two ends.
    let start: Double
    let end: Double
    let ticks: [Axis.Tick]

    /// Where a scale begins and ends.
    enum Ends {
        /// With a mark.
        case marked
        /// With the data, and a share of their span beyond, though not past zero.
        case data(beyond: Double)
    }

    /// A scale for some values.
    /// - Parameters:
    ///   - axis: what the axis shows.
    ///   - values: all that must have a place; what has none is passed over.
    ///   - start: the place of the smallest.
    ///   - end: the place of the largest.
    ///   - spacing: pixels that a mark takes.
    ///   - ends: where the scale begins and ends.
    init(
        _ axis: Axis, values: [Double], from start: Double, to end: Double, spacing: Double, ends: Ends = .marked
    ) {
        self.start = start
        self.end = end
        let isLogarithmic = axis.isLogarithmic(for: values)
        self.isLogarithmic = isLogarithmic
        let placed = values.filter { $0.isFinite && (!isLogarithmic || $0 > 0) }
        var (lower, upper) = (placed.min() ?? (isLogarithmic ? 1 : 0), placed.max() ?? (isLogarithmic ? 10 : 1))
        let count = max(2, Int(abs(end - start) / spacing))
        if isLogarithmic {
            if lower == upper { (lower, upper) = (lower / 2, upper * 2) }
            let beyond = if case .data(let beyond) = ends { beyond } else { 0.05 }
            (lower, upper) = (lower / pow(upper / lower, beyond), upper * pow(upper / lower, beyond))
            ticks = axis.ticks ?? Self.logarithmicTicks(lower...upper, count: count)
        } else {
            if lower == upper {
                let room = axis.isInteger ? 0.5 : max(abs(lower) * 0.1, 1e-300)
                (lower, upper) = lower == 0 && !axis.isInteger ? (0, 1) : (lower - room, upper + room)
            }
            if case .data(let beyond) = ends {
                let room = (upper - lower) * beyond
                (lower, upper) = (lower >= 0 ? max(0, lower - room) : lower - room, upper + room)
            }
            let step = Self.step(span: upper - lower, count: count, isInteger: axis.isInteger)
            if case .marked = ends, axis.ticks == nil {
                (lower, upper) = ((lower / step).rounded(.down) * step, (upper / step).rounded(.up) * step)
            }
            ticks = axis.ticks ?? Self.linearTicks(lower...upper, step: step)
        }
        domain = lower...upper
    }

    /// The place of a value; nil if it has none.
    func callAsFunction(_ value: Double) -> Double? {
        guard value.isFinite, !isLogarithmic || value > 0 else { return nil }
        let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
        return start + (transformed(value) - low) / (high - low) * (end - start)
    }

    /// The place of a value, no further than the ends.
    func clamped(_ value: Double) -> Double {
        self(min(max(value, domain.lowerBound), domain.upperBound)) ?? start
    }

    private func transformed(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }

    /// The value at a share of the way from the first end to the second.
    func value(at share: Double) -> Double {
        let (low, high) = (transformed(domain.lowerBound), transformed(domain.upperBound))
        let place = low + (high - low) * share
        return isLogarithmic ? pow(10, place) : place
    }

    // MARK: Marks

    /// 1, 2 or 5 times a power of ten, so that about `count` of them make up the span.
    static func step(span: Double, count: Int, isInteger: Bool) -> Double {
        let raw = span / Double(max(1, count))
        let magnitude = pow(10, floor(log10(raw)))
        let factor = raw / magnitude
        // The nearest of them by ratio: the marks become a little more or a little fewer than asked for.
        let nice = [(1.0, 2.0), (2, 10), (5, 50)].first { factor * factor < $0.1 }?.0 ?? 10
        return isInteger ? max(1, nice * magnitude) : nice * magnitude
    }

    private static func linearTicks(_ domain: ClosedRange<Double>, step: Double) -> [Axis.Tick] {
        let slack = 1e-9 * step
        let first = ((domain.lowerBound - slack) / step).rounded(.up)
        let last = ((domain.upperBound + slack) / step).rounded(.down)
        guard first <= last, last - first < 1000 else { return [] }
        let exponent = Int(floor(log10(step) + 1e-9))
        let largest = max(abs(first), abs(last)) * step
        return stride(from: first, through: last, by: 1).map { index in
            let value = index * step
            let usesPowers = largest >= 1e7 || exponent < -5
            let digits = max(2, Int(log10(max(1, largest / step))) + 2)
            let label =
                usesPowers
                ? NumberText.short(value, digits: digits) : NumberText.fixed(value, decimals: max(0, -exponent))
            return Axis.Tick(value, label)
        }
    }

    private static func logarithmicTicks(_ domain: ClosedRange<Double>, count: Int) -> [Axis.Tick] {
        let first = Int(floor(log10(domain.lowerBound)))
        let last = Int(ceil(log10(domain.upperBound)))
        let decades = log10(domain.upperBound / domain.lowerBound)
        func ticks(_ factors: [Double], every: Int) -> [Axis.Tick] {
            let (low, high) = (domain.lowerBound * (1 - 1e-9), domain.upperBound * (1 + 1e-9))
            var ticks: [Axis.Tick] = []
            for decade in first...last where decade % every == 0 {
                // Read as text, so that a mark is the number it says.
                let values = factors.map { Double("\(Int($0))e\(decade)") ?? .nan }
                ticks += values.filter { $0 >= low && $0 <= high }.map { Axis.Tick($0, label($0)) }
            }
            return ticks
        }
        let every = max(1, Int((decades / Double(count)).rounded(.up)))
        let powers = ticks([1], every: every)
        if powers.count >= 3 || every > 1 { return powers }
        let halves = ticks([1, 2, 5], every: 1)
        if halves.count >= 3 { return halves }
        let step = step(span: domain.upperBound - domain.lowerBound, count: min(count, 4), isInteger: false)
        return linearTicks(domain, step: step)
    }

    /// Powers of ten as such where their zeros would have to be counted.
    private static func label(_ value: Double) -> String {
        let exponent = Int(floor(log10(value) + 1e-9))
        if (-3..<5).contains(exponent) { return NumberText.fixed(value, decimals: max(0, -exponent)) }
        let factor = Int((value / pow(10, Double(exponent))).rounded())
        return (factor == 1 ? "" : "\(factor)×") + "10" + NumberText.superscript(exponent)
    }
}
