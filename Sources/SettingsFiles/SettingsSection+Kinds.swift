extension SettingsSection {
    /// One of some words.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - fallback: what it is if it is not given.
    /// - Returns: the word.
    /// - Throws: ``SettingsError`` if it is another.
    public func choice<Choice: RawRepresentable & CaseIterable>(
        _ key: String, default fallback: Choice
    ) throws -> Choice where Choice.RawValue == String {
        let word = try text(key, default: fallback.rawValue)
        guard let choice = Choice(rawValue: word) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: " or ")
            throw refuse(key, "is '\(word)', it must be \(known)")
        }
        return choice
    }

    /// true or false.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - fallback: what it is if it is not given.
    /// - Returns: the answer.
    /// - Throws: ``SettingsError`` if it is neither.
    public func flag(_ key: String, default fallback: Bool) throws -> Bool {
        switch try text(key, default: fallback ? "true" : "false") {
        case "true": return true
        case "false": return false
        case let word: throw refuse(key, "is '\(word)', it must be true or false")
        }
    }

    /// A number that need not be there.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - range: what it may be.
    /// - Returns: nil if it is not given.
    /// - Throws: ``SettingsError`` if it is no number, or out of range.
    public func optionalNumber(_ key: String, in range: ClosedRange<Double>) throws -> Double? {
        try has(key) ? number(key, in: range) : nil
    }

    /// A whole number that need not be there.
    /// - Parameters:
    ///   - key: its name in this section.
    ///   - range: what it may be.
    /// - Returns: nil if it is not given.
    /// - Throws: ``SettingsError`` if it is no whole number, or out of range.
    public func optionalInteger(_ key: String, in range: ClosedRange<Int>) throws -> Int? {
        try has(key) ? integer(key, in: range) : nil
    }

    /// Numbers as in `8-15` or `0,4-6`, both ends included.
    /// - Parameter key: its name in this section.
    /// - Returns: the numbers in order, nil if they are not given.
    /// - Throws: ``SettingsError`` if they are written otherwise.
    public func numberRanges(_ key: String) throws -> [Int]? {
        guard has(key) else { return nil }
        let written = try text(key)
        guard let numbers = Set(ranges: written.filter { !$0.isWhitespace }) else {
            throw refuse(key, "is '\(written)', it must be numbers as in 8-15 or 0,4-6")
        }
        return numbers.sorted()
    }

    /// Words with commas between them, or one under the other.
    /// - Parameter key: its name in this section.
    /// - Returns: the words, none if they are not given.
    /// - Throws: ``SettingsError`` if they are written otherwise.
    public func words(_ key: String) throws -> [String] {
        guard has(key) else { return [] }
        if let list = texts(key) { return list }
        return try text(key).split(separator: ",").map { word in
            String(word.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        }.filter { !$0.isEmpty }
    }
}

extension Set<Int> {
    /// Numbers and ranges of numbers, as in `8-15` or `0,4-6`, both ends included, each below 100,000.
    /// - Parameter text: the numbers; nil is given for one that is written otherwise.
    public init?(ranges text: String) {
        self.init()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1], first <= last,
                last < 100_000
            else { return nil }
            formUnion(first...last)
        }
    }
}
