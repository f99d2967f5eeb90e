/// A unit of measurement: what is measured, and how many of the base unit one is.
struct Unit: Equatable, Sendable {
    let quantity: String
    let size: Rational
    /// Whether it is but a noun that is counted, which is like itself alone.
    var isNoun = false

    private static let table: [(quantity: String, names: [String], size: (Int, Int))] = [
        ("length", ["m", "meter", "meters", "metre", "metres"], (1, 1)),
        ("length", ["cm", "centimeter", "centimeters", "centimetre", "centimetres"], (1, 100)),
        ("length", ["mm", "millimeter", "millimeters", "millimetre", "millimetres"], (1, 1000)),
        ("length", ["km", "kilometer", "kilometers", "kilometre", "kilometres"], (1000, 1)),
        ("length", ["dm"], (1, 10)), ("length", ["in", "inch", "inches"], (254, 10000)),
        ("length", ["ft", "foot", "feet"], (3048, 10000)), ("length", ["yd", "yard", "yards"], (9144, 10000)),
        ("length", ["mi", "mile", "miles"], (1_609_344, 1000)),
        ("mass", ["kg", "kilogram", "kilograms"], (1, 1)), ("mass", ["g", "gram", "grams"], (1, 1000)),
        ("mass", ["mg", "milligram", "milligrams"], (1, 1_000_000)),
        ("mass", ["t", "ton", "tons", "tonne", "tonnes"], (1000, 1)),
        ("mass", ["lb", "lbs", "pound", "pounds"], (45_359_237, 100_000_000)),
        ("time", ["s", "sec", "second", "seconds"], (1, 1)), ("time", ["min", "minute", "minutes"], (60, 1)),
        ("time", ["h", "hr", "hrs", "hour", "hours"], (3600, 1)), ("time", ["day", "days"], (86400, 1)),
        ("time", ["week", "weeks"], (604_800, 1)), ("time", ["ms", "millisecond", "milliseconds"], (1, 1000)),
        ("age", ["year", "years", "yr", "yrs"], (12, 1)), ("age", ["month", "months"], (1, 1)),
        ("volume", ["l", "liter", "liters", "litre", "litres"], (1, 1)),
        ("volume", ["ml", "milliliter", "milliliters"], (1, 1000)),
        ("angle", ["degree", "degrees", "deg"], (1, 1)),
        ("money", ["dollar", "dollars", "usd"], (1, 1)), ("money", ["cent", "cents"], (1, 100)),
        ("percent", ["percent"], (1, 1)),
        ("temperature", ["celsius"], (1, 1)), ("fahrenheit", ["fahrenheit"], (1, 1)),
        ("temperature", ["kelvin"], (1, 1)),
        ("force", ["n", "newton", "newtons"], (1, 1)), ("force", ["kn"], (1000, 1)),
        ("energy", ["j", "joule", "joules"], (1, 1)), ("energy", ["kj"], (1000, 1)),
        ("power", ["w", "watt", "watts"], (1, 1)), ("power", ["kw"], (1000, 1)),
        ("voltage", ["v", "volt", "volts"], (1, 1)), ("resistance", ["ohm", "ohms"], (1, 1)),
        ("frequency", ["hz", "hertz"], (1, 1)), ("people", ["people", "persons", "person"], (1, 1)),
        ("count", ["unit", "units"], (1, 1)), ("length/time", ["mph"], (1_609_344, 3_600_000)),
        ("length/time", ["kmh", "kph"], (1000, 3600)), ("money in euro", ["euro", "euros", "eur"], (1, 1)),
        ("angle in radians", ["rad", "radian", "radians"], (1, 1)),
    ]

    private static let byName: [String: Unit] = {
        var result: [String: Unit] = [:]
        for entry in table {
            guard let size = Rational(entry.size.0).divided(by: Rational(entry.size.1)) else { continue }
            for name in entry.names { result[name] = Unit(quantity: entry.quantity, size: size) }
        }
        return result
    }()

    /// Whether letters are a unit and no product: of several letters.
    static func isKnown(_ name: String) -> Bool { name.count > 1 && byName[name.lowercased()] != nil }

    /// The unit of a name, to a power if it is a length: `cm` and 2 for square centimetres.
    init?(_ name: String, power: Int = 1) {
        guard let unit = Self.byName[name.lowercased()], (1...3).contains(power),
            power == 1 || unit.quantity == "length",
            let size = unit.size.power(Rational(power))
        else { return nil }
        self.init(quantity: power == 1 ? unit.quantity : "\(unit.quantity)^\(power)", size: size)
    }

    /// What is counted.
    init(noun: String) { (quantity, size, isNoun) = (noun, .one, true) }

    init(quantity: String, size: Rational) { (self.quantity, self.size) = (quantity, size) }
}
