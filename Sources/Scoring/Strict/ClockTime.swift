import Mathematics

/// A time of day, in digits with two for the minutes or in words: `10:30`, `half past ten`, `quarter to five`.
struct ClockTime: Equatable {
    let hour: Int
    let minute: Int

    private static let hours = [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    ]

    private static func hour(_ word: Substring) -> Int? {
        hours.firstIndex(of: String(word)).map { $0 + 1 } ?? Int(word).flatMap { (1...12).contains($0) ? $0 : nil }
    }

    /// - Parameter words: in small letters.
    init?(_ words: String) {
        var parts = words.split(separator: " ")
        if let last = parts.last, ["am", "pm", "a.m", "p.m", "a.m.", "p.m."].contains(last) { parts.removeLast() }
        if parts.count == 1 {
            let digits = parts[0].split(separator: ":", omittingEmptySubsequences: false)
            guard digits.count == 2, digits[1].count == 2, (1...2).contains(digits[0].count), let hour = Int(digits[0]),
                let minute = Int(digits[1]), (0...24).contains(hour), (0..<60).contains(minute)
            else { return nil }
            (self.hour, self.minute) = (hour, minute)
        } else if parts.count == 3, let hour = Self.hour(parts[2]) {
            switch (parts[0], parts[1]) {
            case ("half", "past"): (self.hour, minute) = (hour, 30)
            case ("quarter", "past"): (self.hour, minute) = (hour, 15)
            case ("quarter", "to"): (self.hour, minute) = (hour == 1 ? 12 : hour - 1, 45)
            default: return nil
            }
        } else if parts.count == 2, parts[1] == "o'clock", let hour = Self.hour(parts[0]) {
            (self.hour, minute) = (hour, 0)
        } else {
            return nil
        }
    }
}
