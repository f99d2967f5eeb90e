/// What Python's strings do, where its rules and Swift's differ: a reading that is to say what a Python program says depends on it.
struct PythonText {
    /// Code points, which Python counts.
    let scalars: [Unicode.Scalar]

    init(_ text: String) { scalars = Array(text.unicodeScalars) }
    init(_ scalars: [Unicode.Scalar]) { self.scalars = scalars }

    var string: String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// What `str.isspace`, `str.split` and `\s` take for white space.
    static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// `str.strip()`.
    var stripped: PythonText {
        guard let first = scalars.firstIndex(where: { !Self.isSpace($0) }),
            let last = scalars.lastIndex(where: { !Self.isSpace($0) })
        else { return PythonText([]) }
        return PythonText(Array(scalars[first...last]))
    }

    /// `str.split()`.
    var words: [String] {
        scalars.split(whereSeparator: Self.isSpace).map { PythonText(Array($0)).string }
    }

    /// `str.lower()`.
    var lowered: PythonText {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(scalars.count)
        for (index, scalar) in scalars.enumerated() {
            if scalar.value == 0x3A3 {
                result.append(isFinalSigma(index) ? "\u{3C2}" : "\u{3C3}")
            } else if scalar.isASCII {
                result.append(
                    ("A"..."Z").contains(scalar) ? Unicode.Scalar(UInt8(scalar.value) + 32) : scalar)
            } else {
                result.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
            }
        }
        return PythonText(result)
    }

    /// A capital sigma at the end of a word is written another way when it is made small.
    private func isFinalSigma(_ index: Int) -> Bool {
        func next(_ indices: some Sequence<Int>) -> Unicode.Scalar? {
            indices.lazy.map { scalars[$0] }.first { !$0.properties.isCaseIgnorable }
        }
        let before = next((0..<index).reversed()), after = next((index + 1)..<max(index + 1, scalars.count))
        return before?.properties.isCased == true && after?.properties.isCased != true
    }

    /// Whether it stands in another text, code point by code point.
    func isPart(of text: PythonText) -> Bool {
        let (part, whole) = (scalars, text.scalars)
        guard part.count <= whole.count else { return false }
        guard let first = part.first else { return true }
        return (0...(whole.count - part.count)).contains { start in
            whole[start] == first && whole[start..<(start + part.count)].elementsEqual(part)
        }
    }

    /// A digit as `int()` and `float()` take it, in any script; nil for anything else.
    static func digit(_ scalar: Unicode.Scalar) -> Int? {
        if scalar.isASCII { return ("0"..."9").contains(scalar) ? Int(scalar.value) - 48 : nil }
        guard scalar.properties.numericType == .decimal else { return nil }
        return scalar.properties.numericValue.map { Int($0) }
    }
}
