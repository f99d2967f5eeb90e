/// What asks a model to think before it answers.
public enum ReasoningPrompt {
    /// The last line of a prompt that asks for the form `<think>...</think><answer>...</answer>`.
    public static let instruction = "Think first, then answer: <think>...</think><answer>...</answer>"
}
