extension StringProtocol {
    /// Without white space at either end.
    package var trimmed: String {
        let scalars = unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.isSpace }),
            let last = scalars.lastIndex(where: { !$0.isSpace })
        else { return "" }
        return String(self[first..<scalars.index(after: last)])
    }
}

extension Unicode.Scalar {
    /// White space; of ASCII found without asking for properties.
    fileprivate var isSpace: Bool { isASCII ? value == 32 || (9...13).contains(value) : properties.isWhitespace }
}
