import Foundation

extension Stage {
    /// The prompt that is used unless the settings name a file; its first line tells the stages apart.
    public var defaultPrompt: String {
        switch self {
        case .description: Self.descriptionPrompt
        case .reasoning: Self.reasoningPrompt
        case .anchors: Self.anchorsPrompt
        }
    }

    /// The name of the file that ``writePrompts(to:)`` makes.
    public var promptFileName: String { "\(rawValue).txt" }

    /// Writes the default prompts as files that can be edited; files that are there stay as they are.
    /// - Parameter folder: made if it is not there.
    /// - Returns: the files that were written.
    /// - Throws: ``SynthesisError/file(path:action:reason:)``.
    public static func writePrompts(to folder: URL) throws -> [URL] {
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            return try allCases.compactMap { stage in
                let file = folder.appendingPathComponent(stage.promptFileName)
                if FileManager.default.fileExists(atPath: file.path) { return nil }
                try Data(stage.defaultPrompt.utf8).write(to: file, options: .atomic)
                return file
            }
        } catch {
            throw SynthesisError.file(path: folder.path, action: "written", reason: "the system does not allow it")
        }
    }

    private static let descriptionPrompt = """
        Task: describe the picture

        Write a description of the picture for a reader who cannot see it and who must later answer any question about it, this one among others:

        {question}

        Do not answer the question and do not reason towards an answer. Work in four passes, each in full sentences:

        1. Global scan. Say what kind of picture it is (photograph, diagram, chart, table, puzzle, page of text) and how it is laid out: what lies top, bottom, left, right and in the middle, and what stands out first.
        2. Elements. Go through everything that is there, one after the other: objects and shapes with their colour, size, number and position; every label, number, unit and piece of text, letter by letter; axes with their marks, legends, arrows, lines, angles, marks for equal or right angles. Count what can be counted, and say how you counted it.
        3. Links. Say how the elements belong together: what touches, contains, crosses, points to, or repeats what; what is larger, taller, parallel or equal, and which label belongs to which part.
        4. Synthesis. Sum up in two or three sentences what the picture shows as a whole, and which details must not be overlooked.

        Say only what can be seen. Where something is hidden, blurred or ambiguous, say so in place of a guess. Before you finish, compare your numbers with each other once more and mend what does not agree.

        """

    private static let reasoningPrompt = """
        Task: reason from the description

        You cannot see the picture. What follows describes it as exactly as anybody could:

        {description}

        The question about it is:

        {question}

        Solve it step by step, and think aloud as a careful person does:

        - Begin with what is asked, and with which facts it depends on.
        - Take each fact from the description as it stands; invent none. If something needed is missing, say what, and take the reading that fits everything else best.
        - After each important step stop and check it: count again in another order, put the number back into the condition, or try the opposite. Write the check down ("Let me check that again: ..."). If it fails, say what was wrong and go on from the mended step.
        - Look at every option, if there are any, before you choose one.
        - At the end check the whole once: does the answer have the form, the unit and the size that the question asks for?

        Then give the answer alone, as short as it can be: the letter if there are options, or else a number, a word or an expression.

        Write it in exactly this form and nothing outside of it:

        <think>your reasoning with its checks</think><answer>the answer alone</answer>

        """

    private static let anchorsPrompt = """
        Task: weave in the picture

        Somebody looked at a picture and reasoned about a question. Rewrite the reasoning so that it reads as the thoughts of a person who has the picture before their eyes and looks back at it while thinking.

        The question:

        {question}

        What can be seen in the picture:

        {description}

        The reasoning:

        {reasoning}

        Rules:

        - Keep every step, every number, every check and the answer. Do not shorten the argument, and do not add facts that are neither in the reasoning nor among what can be seen.
        - Put in at least three visual anchors, each where the step needs it: a look at one particular thing that is there, with what is seen on it ("Looking at the left bar again, its top lies at the line of 7", "Back to the triangle: the angle at the lower right is marked 40", "I count the red circles once more, row by row: two, one, three").
        - Each anchor names something in the picture and says where it is or what it looks like. A look without content ("I look at the picture again") is no anchor.
        - At least one anchor is a second look that checks an earlier step.
        - Speak of seeing, never of reading about it. No description, caption, text, passage, information or statement is mentioned or alluded to: nothing is "described", "mentioned", "given", "stated" or "provided". There is only the picture.
        - The same language as the question, in plain words and one flow of text.

        Write it in exactly this form and nothing outside of it:

        <think>the reasoning with its looks at the picture</think><answer>the answer alone, unchanged</answer>

        """
}
