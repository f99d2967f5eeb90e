/// Texts of settings files.
package enum SettingsText {
    /// A text in single quotes, as YAML reads it letter by letter.
    package static func quoted(_ text: String) -> String {
        "'" + text.replacing("'", with: "''") + "'"
    }
}
