/// A name compared byte by byte.
///
/// Swift's own `==` and `<` on strings follow Unicode's canonical equivalence: "é" typed as one character equals "é"
/// typed as two. To the format these are two names, sorted by their UTF-8 bytes.
struct ExactName: Hashable, Comparable {
    let text: String

    init(_ text: String) {
        self.text = text
    }

    static func == (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    static func < (left: ExactName, right: ExactName) -> Bool {
        left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
    }

    func hash(into hasher: inout Hasher) {
        var copy = text
        copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

/// The first name that occurs twice in `names`, byte for byte, or nil.
func firstDuplicate(in names: some Sequence<String>) -> String? {
    var seen: Set<ExactName> = []
    return names.first { !seen.insert(ExactName($0)).inserted }
}
