/// How VLMEvalKit finds a yes or a no (`vlmeval/dataset/utils/yorn.py`, `YOrN_Extraction`).
enum YesNoRule {
    private static let marks = Array(";/[]\"{}()=+\\_-><@`,?!".unicodeScalars)
    /// The number of full stops that are deleted at most: `re.UNICODE` stands where the count belongs.
    private static let fullStops = 32

    /// `Yes`, `No`, or nil.
    static func answer(in prediction: String) -> String? {
        let words = Set(PythonText(withoutPunctuation(PythonText(prediction).lowered.scalars)).words)
        switch (words.contains("yes"), words.contains("no")) {
        case (true, false): return "Yes"
        case (false, true): return "No"
        default: return nil
        }
    }

    /// `process_punctuation`.
    private static func withoutPunctuation(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        let hasCommaInNumber = text.indices.dropFirst().dropLast().contains { place in
            text[place] == "," && PythonText.digit(text[place - 1]) != nil && PythonText.digit(text[place + 1]) != nil
        }
        var deleted: Set<Unicode.Scalar> = []
        for mark in marks {
            let nextToSpace = text.indices.contains { place in
                text[place] == mark
                    && ((place + 1 < text.count && text[place + 1] == " ") || (place > 0 && text[place - 1] == " "))
            }
            if nextToSpace || hasCommaInNumber { deleted.insert(mark) }
        }
        let known = Set(marks)
        let spaced = text.compactMap { scalar -> Unicode.Scalar? in
            guard known.contains(scalar) else { return scalar }
            return deleted.contains(scalar) ? nil : " "
        }
        var left = fullStops
        return spaced.indices.compactMap { place in
            guard spaced[place] == ".", left > 0,
                place == 0 || PythonText.digit(spaced[place - 1]) == nil,
                place + 1 == spaced.count || PythonText.digit(spaced[place + 1]) == nil
            else { return spaced[place] }
            left -= 1
            return nil
        }
    }
}
