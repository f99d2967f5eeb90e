/// The words by which visual anchors are found.
enum AnchorWords {
    static let pictures = LeakWords.pictures.union(["drawing", "photograph", "graphic", "sketch", "table", "painting"])
    /// What names nothing in particular.
    static let generic: Set<String> = pictures.union([
        "detail", "details", "everything", "thing", "things", "part", "parts", "way", "view", "shape", "shapes",
        "object", "objects", "element", "elements", "visual", "anything", "something", "nothing", "side", "area",
        "one", "ones", "kind", "type", "number", "answer", "question", "problem", "option", "options", "value", "look",
        "glance", "eye", "eyes", "time", "step", "calculation", "name", "colour", "color", "size", "position", "order",
        "total", "count", "left", "right", "top", "bottom", "middle", "center", "centre", "end", "point", "points",
    ])
    /// How things look, in one word.
    static let looks: Set<String> = [
        "red", "green", "blue", "yellow", "purple", "black", "white", "orange", "brown", "grey", "gray", "pink",
        "large",
        "larger", "largest", "small", "smaller", "smallest", "tiny", "big", "tall", "taller", "tallest", "dashed",
        "shaded",
    ]
    /// What stands for a thing behind such a word.
    static let heads: Set<String> = ["one", "ones", "shape", "shapes", "object", "objects", "part", "parts"]
    /// Words of descriptions that are no nouns.
    static let noNouns: Set<String> = [
        "red", "green", "blue", "yellow", "purple", "black", "white", "orange", "brown", "grey", "gray", "pink",
        "large", "larger", "largest", "small", "smaller", "smallest", "big", "tall", "taller", "tallest", "short",
        "long", "longer", "wide", "high", "low", "lower", "upper", "equal", "parallel", "vertical", "horizontal",
        "labeled", "labelled", "marked", "drawn", "shown", "shows", "show", "showing", "located", "placed", "reaches",
        "reach", "stands", "stand", "lies", "contains", "contain", "consists", "holds", "hold", "sits", "wears",
        "wearing", "measures", "meets", "connects", "connected", "arranged", "written", "filled", "shaded", "dashed",
        "solid", "empty", "open", "closed", "different", "same", "other", "another", "several", "many", "more", "most",
        "less", "first", "second", "third", "fourth", "last", "next", "two", "three", "four", "five", "six", "seven",
        "eight", "nine", "ten", "one", "zero", "each", "above", "below", "between", "beside", "behind", "under", "over",
        "inside", "outside", "near", "across", "along", "into", "onto", "from", "with", "without", "there", "where",
        "which", "that", "this", "these", "those", "them", "they", "their", "its", "and", "the", "has", "have", "had",
        "are", "was", "were", "been", "being", "is", "for", "not", "but", "all", "both", "only", "just", "also", "very",
        "what", "how", "who", "when", "why", "than", "then", "such", "some", "any", "because", "while", "whose", "you",
        "your", "can", "could", "would", "should", "will", "may", "might", "must", "does", "did", "find", "determine",
        "calculate", "given", "following", "about", "around", "after", "before", "again", "once", "half", "full",
        "see", "seen", "read", "reads", "means", "mean", "going", "goes", "leads", "lead", "points", "gives",
        "appears", "appear", "looks", "look", "looking", "using", "used", "use", "make", "makes", "still", "yet",
        "here", "now", "out", "off", "down", "per", "via", "who", "has", "him", "her", "she", "his", "our", "too",
    ]
    /// What is looked at in thought only.
    static let thoughts: Set<String> = [
        "option", "options", "question", "answer", "answers", "numbers", "calculation", "calculations", "computation",
        "equation", "equations", "steps", "step", "reasoning", "formula", "case", "cases", "problem", "result",
        "results", "claim", "theorem", "sum", "difference", "law", "units", "definition", "statement", "expression",
        "assumption", "logic", "work", "choices", "choice", "subtraction", "addition", "possibilities",
    ]
    /// Verbs of looking that are enough by themselves.
    static let looking: Set<String> = [
        "inspect", "inspecting", "examine", "examining", "reexamine", "reexamining", "study", "studying", "scan",
        "scanning", "zoom", "zooming", "glance", "glancing", "peer", "peering", "gaze", "gazing", "observe",
        "observing", "reinspect", "reinspecting", "visually",
    ]
    /// Verbs that are about a picture only where one is named.
    static let checking: Set<String> = [
        "check", "checking", "recheck", "rechecking", "doublecheck", "doublechecking", "verify", "verifying", "confirm",
        "confirming", "compare", "comparing", "count", "counting", "recount", "recounting", "view", "viewing",
        "revisit", "revisiting", "consult", "consulting", "focus", "focusing", "find", "reread", "rereading", "measure",
        "measuring", "identify", "locate",
    ]
    /// Verbs of going back, which are anchors where a thing of the picture follows at once.
    static let returning: Set<String> = [
        "return", "returning", "returns", "turn", "turning", "go", "going", "goes", "refer", "referring", "trace",
        "tracing", "follow", "following", "focus", "focusing", "come", "coming", "revisit", "revisiting",
    ]
    static let seeing: Set<String> = ["see", "notice", "spot", "observe", "read", "find"]
    static let showing: Set<String> = [
        "shows", "show", "reveals", "depicts", "displays", "indicates", "confirms", "tells", "has", "contains",
    ]
    static let speakers: Set<String> = [
        "me", "i", "we", "us", "let's", "to", "can", "should", "will", "i'll", "must", "and", "i'd", "eyes", "gaze",
        "eye", "now", "then", "we'll", "quickly", "carefully", "also", "clearly", "then",
    ]
    static let auxiliaries: Set<String> = ["is", "are", "was", "were", "be", "been"]
    static let adverbs: Set<String> = [
        "back", "again", "closely", "carefully", "more", "closer", "once", "directly", "now", "over", "down", "up",
        "first", "very", "further", "also", "clearly", "only", "still", "just", "at",
    ]

    /// A noun without the ending of the plural.
    static func singular(_ word: String) -> String {
        var word = word
        if word.hasSuffix("'s") { word.removeLast(2) }
        guard word.utf8.count > 3, word.hasSuffix("s"), !word.hasSuffix("ss"), !word.hasSuffix("us"),
            !word.hasSuffix("is")
        else { return word }
        if word.hasSuffix("ies"), word.utf8.count > 4 { return word.dropLast(3) + "y" }
        if ["ches", "shes", "xes", "sses"].contains(where: word.hasSuffix) { return String(word.dropLast(2)) }
        return word == "axes" ? "axis" : word == "vertices" ? "vertex" : String(word.dropLast())
    }
}
