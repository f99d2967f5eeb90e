import QwenVL

/// Under which names the parts of a sample stand in a file: the usual ones, or those that a dataset_info.json gives.
struct SampleLayout: Sendable {
    /// What a sample is.
    enum Form: Sendable {
        /// Whatever its keys say.
        case any
        /// Instruction, input and output.
        case alpaca
        /// A list of turns under some key.
        case turns(String)
    }

    var form = Form.any

    var prompt: String? = "instruction"
    var query: String? = "input"
    var response: String? = "output"
    var history: String? = "history"

    var system: String? = "system"
    var images: [String] = ["images", "image"]
    /// What is refused unless it is empty, with what a refusal calls it.
    var unsupported = ["videos": "videos", "audios": "audios", "tools": "tools"]

    var roleKeys = ["role", "from"]
    var contentKeys = ["content", "value"]
    /// What speakers are called.
    var roles: [(name: String, role: Message.Role)] = [
        ("user", .user), ("human", .user), ("assistant", .assistant), ("gpt", .assistant), ("system", .system),
        ("developer", .system),
    ]
    /// What those are called that are no speakers.
    var toolRoles = ["tool", "function", "observation", "function_call"]

    /// Every key of a sample that is looked at.
    var keys: Set<String> {
        let usual = ["id", "problem", "question", "answer", "messages", "conversations"]
        let columns = [prompt, query, response, history, system].compactMap { $0 } + images + unsupported.keys
        if case .turns(let key) = form { return Set(usual + columns + [key]) }
        return Set(usual + columns)
    }
}
