/// The words by which leaks are found.
enum LeakWords {
    /// What a picture is put into words by; with a definite article there is hardly another sense.
    static let description: Set<String> = ["description", "descriptions"]
    static let caption: Set<String> = ["caption", "captions", "alttext"]
    static let text: Set<String> = ["text", "passage", "paragraph", "texts"]
    /// Words that have many senses, and are a leak only where they say something.
    static let other: Set<String> = [
        "prompt", "input", "narrative", "narration", "summary", "account", "transcript", "writeup", "annotation",
        "annotations", "note", "notes",
    ]
    static let information: Set<String> = ["information", "details"]
    static let described: Set<String> = ["described", "describes", "describe", "description", "descriptions"]

    /// The family that a word belongs to: if the question speaks of one of it, all of it is harmless.
    static func family(_ word: String) -> Set<String>? {
        if description.contains(word) { return described }
        if caption.contains(word) { return caption }
        if text.contains(word) { return text }
        if other.contains(word) { return [word] }
        return information.contains(word) ? information : nil
    }

    static let pictures: Set<String> = [
        "image", "picture", "figure", "diagram", "photo", "photograph", "scene", "chart", "graph", "drawing",
        "illustration", "plot", "visual", "images", "pictures", "map", "screenshot",
    ]
    static let definite: Set<String> = ["the", "this", "that", "their", "your", "these", "those", "my", "his", "her"]
    static let indefinite: Set<String> = ["a", "an", "some", "any", "each", "every", "both", "another"]
    /// Who made the words: those who ask, or the picture.
    static let harmlessModifiers: Set<String> = [
        "problem", "question", "task", "exercise", "job", "item", "product", "word", "character", "option", "column",
        "error", "function", "set",
    ]
    static let given: Set<String> = [
        "provided", "given", "supplied", "accompanying", "input", "attached", "above",
    ]
    static let harmlessNext: Set<String> = [
        "column", "row", "field", "box", "boxes", "bubble", "bubbles", "size", "panel", "label", "balloon", "heading",
    ]
    static let places: Set<String> = [
        "in", "on", "inside", "under", "below", "beneath", "above", "beside", "near", "along", "around", "of", "at",
        "within", "over", "next", "across", "to",
    ]
    /// What stands before a name: `the field labelled Description`.
    static let naming: Set<String> = ["labelled", "labeled", "called", "named", "headed", "titled"]
    static let placed: Set<String> = ["printed", "written", "shown", "placed", "typed", "visible", "drawn", "seen"]
    static let articles: Set<String> = ["the", "this", "that", "each", "a", "an", "its", "every", "these", "both"]
    /// What is no place in a picture.
    static let sources: Set<String> = [
        "prompt", "input", "description", "caption", "text", "question", "problem", "message", "conversation",
    ]
    /// What a description in mathematics is of.
    static let mathematics: Set<String> = [
        "set", "function", "region", "locus", "transformation", "rotation", "reflection", "sequence", "pattern",
        "line", "curve", "solution", "motion", "rule", "relation", "translation", "process", "algorithm",
    ]
    static let saying: Set<String> = [
        "say", "says", "said", "mention", "mentions", "mentioned", "state", "states", "stated", "note", "notes",
        "noted", "indicate", "indicates", "indicated", "tell", "tells", "told", "specify", "specifies", "specified",
        "describe", "describes", "list", "lists", "give", "gives", "gave", "reveal", "reveals", "speak", "speaks",
        "talk", "talks", "explain", "explains", "report", "reports", "suggest", "suggests", "imply", "implies",
        "confirm", "confirms", "name", "names", "call", "calls", "refer", "refers", "place", "places", "put", "puts",
        "mentioning", "saying", "stating", "claims", "claim", "asserts", "conveys",
    ]
    static let auxiliaries: Set<String> = [
        "does", "doesn't", "do", "don't", "did", "didn't", "not", "never", "also", "clearly", "explicitly", "only",
        "would", "then", "only", "itself", "simply", "directly", "further", "already", "just", "might", "may",
    ]
    /// What stands before words that are relied upon.
    static let reliance: Set<String> = [
        "to", "on", "per", "by", "from", "in", "within", "throughout", "with", "following", "given", "using",
        "reading", "rereading", "reread", "read", "reexamine", "reviewing", "consulting", "consult", "check",
        "recheck", "checking", "considering", "quoting", "as",
    ]
    static let questions: Set<String> = ["question", "problem", "exercise", "task", "statement", "options", "option"]
    static let function: Set<String> = [
        "the", "a", "an", "is", "are", "was", "were", "has", "have", "had", "that", "there", "of", "in", "on", "at",
        "to", "and", "or", "with", "it", "its", "be", "so", "for", "by", "this", "which", "as", "we", "i", "only",
    ]
}
