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
        ("current", ["amp", "amps", "ampere", "amperes"], (1, 1)), ("frequency", ["hz", "hertz"], (1, 1)),
        ("people", ["people", "persons", "person"], (1, 1)),
        ("count", ["unit", "units"], (1, 1)), ("length/time", ["mph"], (1_609_344, 3_600_000)),
        ("length/time", ["kmh", "kph"], (1000, 3600)), ("money in euro", ["euro", "euros", "eur"], (1, 1)),
        ("angle in radians", ["rad", "radian", "radians"], (1, 1)),
    ]

    /// Units whose signs are told apart by large and small letters, with the prefixes they take.
    private static let signs: [(quantity: String, sign: String)] = [
        ("voltage", "V"), ("current", "A"), ("resistance", "Ω"), ("power", "W"), ("frequency", "Hz"),
        ("pressure", "Pa"), ("energy", "J"), ("force", "N"), ("length", "m"),
    ]
    private static let prefixes: [(sign: String, size: (Int, Int))] = [
        ("n", (1, 1_000_000_000)), ("µ", (1, 1_000_000)), ("μ", (1, 1_000_000)), ("m", (1, 1000)), ("", (1, 1)),
        ("k", (1000, 1)), ("M", (1_000_000, 1)), ("G", (1_000_000_000, 1)),
    ]

    private static let bySign: [String: Unit] = {
        var result: [String: Unit] = [:]
        for entry in signs {
            for prefix in prefixes where entry.sign != "m" || ["n", "µ", "μ"].contains(prefix.sign) {
                guard let size = Rational(prefix.size.0).divided(by: Rational(prefix.size.1)) else { continue }
                result[prefix.sign + entry.sign] = Unit(quantity: entry.quantity, size: size)
            }
        }
        return result
    }()

    /// Chinese names of units beside those of the table.
    private static let chinese: [String: String] = [
        "米": "m", "厘米": "cm", "公分": "cm", "毫米": "mm", "分米": "dm", "千米": "km", "公里": "km", "公斤": "kg", "千克": "kg",
        "克": "g", "吨": "t", "秒": "s", "分钟": "min", "小时": "h", "天": "day", "度": "degree", "升": "l", "毫升": "ml",
        "伏": "v", "伏特": "v", "欧": "ohm", "欧姆": "ohm", "安": "amp", "安培": "amp", "牛": "n", "牛顿": "n", "焦耳": "j",
        "瓦": "w", "瓦特": "w", "元": "元", "年": "year", "岁": "year", "个月": "month",
    ]
    /// Words that stand between a number and what is counted.
    private static let measureWords = "个只条张本支枝根块颗粒棵朵头匹辆架艘位名人次种组对双套件把座间层杯瓶盒箱袋页"

    /// The name as the table has it of a Chinese unit, or what is counted; nil if it is neither.
    static func name(ofChinese word: String) -> String? {
        if let name = chinese[word] { return name }
        return word.first.map(measureWords.contains) == true ? word : nil
    }

    private static let byName: [String: Unit] = {
        var result: [String: Unit] = [:]
        for entry in table {
            guard let size = Rational(entry.size.0).divided(by: Rational(entry.size.1)) else { continue }
            for name in entry.names { result[name] = Unit(quantity: entry.quantity, size: size) }
        }
        return result
    }()

    /// Whether letters are a unit and no product: of several letters.
    static func isKnown(_ name: String) -> Bool {
        name.count > 1 && (byName[name.lowercased()] != nil || bySign[name] != nil)
    }

    /// The unit of a name, to a power if it is a length: `cm` and 2 for square centimetres.
    init?(_ name: String, power: Int = 1) {
        guard let unit = Self.bySign[name] ?? Self.byName[name.lowercased()], (1...3).contains(power),
            power == 1 || ["length", "time", "count"].contains(unit.quantity),
            let size = unit.size.power(Rational(power))
        else { return nil }
        self.init(quantity: power == 1 ? unit.quantity : "\(unit.quantity)^\(power)", size: size)
    }

    /// What is counted.
    init(noun: String) { (quantity, size, isNoun) = (noun, .one, true) }

    init(quantity: String, size: Rational) { (self.quantity, self.size) = (quantity, size) }
}
