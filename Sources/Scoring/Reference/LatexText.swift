import Foundation

/// What latex2sympy2-extended does to a text before it parses it.
enum LatexText {
    private static let removed = [
        "\\left", "\\right", "\\displaystyle", "\\text{}", "\\! ", "\\!", "\\$", "$", "\"", "'",
    ]
    private static let replaced = [
        ("\\dfrac", "\\frac"), ("\\tfrac", "\\frac"), ("\\cfrac", "\\frac"), ("\\mathrm", "\\text"),
        ("\\mathbf", "\\text"),
        ("\\mathit", "\\text"), ("\\textbf", "\\text"), ("\\textit", "\\text"), ("\\textrm", "\\text"), ("{,}", ","),
        ("percent", "\\%"), (",\\ldots", " "), ("\\ldots", " "), ("~=", "\\approx"), ("\n", " "), ("\t", " "),
    ]

    static func normalized(_ text: PythonText) -> PythonText {
        var result = unboxed(text).string
        for word in removed { result = result.replacingOccurrences(of: word, with: "") }
        for (old, new) in replaced { result = result.replacingOccurrences(of: old, with: new) }
        return PythonText(withoutDoubledBackslashes(PythonText(result).scalars)).stripped
    }

    /// Of two backslashes in front of a letter one is left, unless there is a matrix.
    private static func withoutDoubledBackslashes(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard text.contains("\\"), !PythonText("matrix").isPart(of: PythonText(text)) else { return text }
        var result: [Unicode.Scalar] = []
        var place = 0
        while place < text.count {
            let isDoubled =
                place + 2 < text.count && text[place] == "\\" && text[place + 1] == "\\"
                && text[place + 2].properties.isAlphabetic && text[place + 2].isASCII
            result.append(text[place])
            place += isDoubled ? 2 : 1
        }
        return result
    }

    /// A whole text that is a number with groups of three digits behind commas; commas elsewhere make sets.
    static func grouped(_ text: PythonText) -> Double? {
        let isNegative = text.scalars.first == "-"
        let parts = PythonText(Array(text.scalars.dropFirst(isNegative ? 1 : 0))).string
            .split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let groups = parts[0].split(separator: ",", omittingEmptySubsequences: false)
        func isDigits(_ text: Substring) -> Bool {
            !text.isEmpty && text.unicodeScalars.allSatisfy { ("0"..."9").contains($0) }
        }
        guard groups.count > 1, groups.allSatisfy(isDigits), (1...3).contains(groups[0].count),
            groups.dropFirst().allSatisfy({ $0.count == 3 }), parts.count == 1 || isDigits(parts[1])
        else { return nil }
        // What begins with a zero is read with points for its commas, and nothing but a single one is then a number.
        let isPoint = groups[0].hasPrefix("0") && !isNegative
        guard !isPoint || (groups.count == 2 && parts.count == 1) else { return nil }
        let digits = groups.joined(separator: isPoint ? "." : "") + (parts.count > 1 ? "." + parts[1] : "")
        return Double(digits).map { isNegative ? -$0 : $0 }
    }

    private static let boxes = ["\\boxed", "\\fbox"].map { Array($0.unicodeScalars) }

    /// What stands in the boxes, from the last one back to the first, with commas between; the text itself without any.
    private static func unboxed(_ text: PythonText) -> PythonText {
        let scalars = text.scalars
        var found: [[Unicode.Scalar]] = []
        var limit = scalars.count
        while let (start, end) = lastBox(scalars[..<limit]) {
            let open = scalars[end..<limit].firstIndex { !PythonText.isSpace($0) } ?? limit
            guard open < limit else { break }
            guard scalars[open] == "{", let close = closing(scalars[open..<limit]) else {
                // A box that is not closed holds the rest, unless another one follows.
                if found.isEmpty { found.append(Array(scalars[open...])) }
                break
            }
            let content = PythonText(Array(scalars[(open + 1)..<close])).stripped.scalars
            if found.last != content { found.append(content) }
            limit = start
        }
        return found.isEmpty ? text : PythonText(Array(found.reversed().joined(separator: [","])))
    }

    /// Where the last command for a box starts and ends.
    private static func lastBox(_ text: ArraySlice<Unicode.Scalar>) -> (start: Int, end: Int)? {
        for start in text.indices.reversed() where text[start] == "\\" {
            for box in boxes where text[start...].starts(with: box) { return (start, start + box.count) }
        }
        return nil
    }

    /// Where the brace closes that a text begins with.
    private static func closing(_ text: ArraySlice<Unicode.Scalar>) -> Int? {
        var open = 0
        for index in text.indices {
            if text[index] == "{" { open += 1 }
            if text[index] == "}" { open -= 1 }
            if open == 0 { return index }
        }
        return nil
    }
}
