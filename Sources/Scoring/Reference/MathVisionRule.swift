import BigInt

/// How VLMEvalKit compares two free-form answers of MathVision (`vlmeval/dataset/utils/mathv.py`, `is_equal`).
enum MathVisionRule {
    private static let tolerance = 1e-6

    /// Whether they are the same text but for case and white space around, the same value as Python, or the same value as LaTeX.
    static func isEqual(_ prediction: String, _ answer: String) -> Bool {
        let prediction = PythonText(prediction).lowered.stripped, answer = PythonText(answer).lowered.stripped
        if prediction.scalars == answer.scalars { return true }
        if let right = PythonExpression.value(of: answer, names: [:]) {
            // The kit evaluates the answer into a variable of this name, which the prediction then finds.
            if let found = PythonExpression.value(of: prediction, names: ["a": right]), isClose(found, right) {
                return true
            }
        }
        // What the kit makes of the two as LaTeX has the names `a` and `b` where it evaluates them.
        if let right = LatexNumber.value(of: answer) {
            return LatexNumber.value(of: prediction, variables: ["a": right]).map { abs(right - $0) < tolerance }
                ?? false
        }
        if let found = LatexNumber.value(of: prediction),
            let right = LatexNumber.value(of: answer, variables: ["b": found])
        {
            return abs(right - found) < tolerance
        }
        return LatexNumber.isSameOfLetters(prediction, answer)
    }

    private static func isClose(_ first: PythonNumber, _ second: PythonNumber) -> Bool {
        if case .integer(let a) = first, case .integer(let b) = second { return a == b }
        return abs(first.double - second.double) < tolerance
    }
}
