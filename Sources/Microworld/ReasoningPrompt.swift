/// How a model is asked to think before it answers.
public enum ReasoningPrompt {
    /// The last line of the user's words.
    public static let instruction = "Think first, then answer: <think>...</think><answer>...</answer>"
}
