import Foundation

/// Why an intervention cannot be made.
public enum InterventionError: Error, Equatable {
    /// A coefficient is no number.
    case notFinite(name: String, value: Double)
    /// A coefficient would turn the sign of what it multiplies.
    case flipsSign(name: String, value: Double, factor: Double)
    /// A factor of 0 under ``Intervention/Reading/scores``, where it would leave a weight of `e^0` and remove nothing.
    case leavesWeight(name: String, value: Double)
    /// A number that the method does not have.
    case outOfBounds(name: String, value: Double, bounds: ClosedRange<Double>)
    /// A layer or head that the model does not have.
    case outOfRange(name: String, number: Int, count: Int)

    /// Refuses a coefficient whose factor cannot be used.
    static func check(_ name: String, _ value: Double, factor: Double, reading: Intervention.Reading) throws {
        guard value.isFinite else { throw InterventionError.notFinite(name: name, value: value) }
        guard factor >= 0 else { throw InterventionError.flipsSign(name: name, value: value, factor: factor) }
        guard factor > 0 || reading != .scores else { throw InterventionError.leavesWeight(name: name, value: value) }
    }

    /// Refuses a number that the method does not have.
    static func check(_ name: String, _ value: Double, in bounds: ClosedRange<Double>) throws {
        guard bounds.contains(value) else {
            throw InterventionError.outOfBounds(name: name, value: value, bounds: bounds)
        }
    }

    /// Refuses numbers that the model does not have.
    static func check(_ name: String, _ numbers: Set<Int>?, count: Int) throws {
        guard let stray = numbers?.sorted().first(where: { !(0..<count).contains($0) }) else { return }
        throw InterventionError.outOfRange(name: name, number: stray, count: count)
    }
}

extension InterventionError: LocalizedError {
    /// One sentence: what is wrong and what to do.
    public var errorDescription: String? {
        switch self {
        case .notFinite(let name, let value):
            "The coefficient \(name) must be a finite number, got \(value)"
        case .flipsSign(let name, let value, let factor):
            "The coefficient \(name) of \(value) would turn the sign of what it multiplies (a factor of \(factor)); "
                + "\(name) must be at \(name == "enhance" ? "least -1" : "most 1")"
        case .leavesWeight(let name, let value):
            "The coefficient \(name) of \(value) makes every score 0, which under the reading 'scores' removes nothing; "
                + "remove keys under 'renormalized' or 'raw'"
        case .outOfBounds(let name, let value, let bounds):
            bounds.upperBound == .greatestFiniteMagnitude
                ? "The \(name) must be a number of at least \(bounds.lowerBound), got \(value)"
                : "The \(name) must be in \(bounds.lowerBound)...\(bounds.upperBound), got \(value)"
        case .outOfRange(let name, let number, let count):
            "There is no \(name) \(number): the model has \(name)s 0 to \(count - 1)"
        }
    }
}
