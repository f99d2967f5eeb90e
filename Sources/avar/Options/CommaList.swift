extension Array where Element: RawRepresentable & Hashable, Element.RawValue == String {
    /// Values by their names with commas between them; nil if one is no such name, or stands there twice.
    init?(commaSeparated text: String) {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        let values = parts.compactMap { Element(rawValue: String($0)) }
        guard values.count == parts.count, Set(values).count == values.count else { return nil }
        self = values
    }
}
