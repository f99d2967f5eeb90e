/// Rows of a table as text: CSV as RFC 4180 describes it, and the TSV that pandas writes and reads.
struct DelimitedText {
    /// What stands between two fields.
    let separator: Character
    /// What ends a row.
    let lineEnd: String

    /// Commas, and CR LF at the end of a row (RFC 4180).
    static let csv = DelimitedText(separator: ",", lineEnd: "\r\n")
    /// Tabs, and LF at the end of a row (`DataFrame.to_csv(sep="\t")`).
    static let tsv = DelimitedText(separator: "\t", lineEnd: "\n")

    /// A row; what is nil or empty is an empty field.
    func row(_ fields: [String?]) -> String { fields.map(field).joined(separator: String(separator)) + lineEnd }

    /// A field, in quotes if it holds a separator, a quote or a line break; quotes inside are doubled.
    private func field(_ text: String?) -> String {
        guard let text else { return "" }
        // Looked for as bytes: CR LF is one character, and equal to neither.
        let special = Set("\"\r\n\(separator)".utf8)
        guard text.utf8.contains(where: special.contains) else { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" { quoted += "\"" }
            quoted.unicodeScalars.append(scalar)
        }
        return quoted + "\""
    }
}
