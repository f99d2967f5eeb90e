import Scoring

/// What a judge is asked: in our own words what VLMEvalKit's prompts ask.
enum JudgePrompt {
    /// Which option an answer means; to be answered with a letter, or Z.
    static func option(question: String, choices: [Exercise.Choice], answer: String) -> String {
        let options = choices.map { "\($0.letter). \($0.text)" }.joined(separator: "\n")
        return """
            A student answered a multiple-choice question. Find out which of the options the student chose. You need not know \
            which option is right, and must not choose one yourself: go by the meaning of the student's answer alone. If it \
            means none of the options, or several, or gives no answer, the letter is Z.
            Reply with one letter and nothing else.

            Question: Which of these is found in the sky?
            Options:
            A. a star
            B. a stone
            Student's answer: It must be the one that shines at night.
            Letter: A

            Question: How many legs has the animal?
            Options:
            A. 2
            B. 4
            C. 6
            Student's answer: The animal has eight legs.
            Letter: Z

            Question: \(question)
            Options:
            \(options)
            Student's answer: \(answer)
            Letter:
            """
    }

    /// Taken out of a longer answer: the short answer that it comes to; `none` if it comes to none.
    static func extraction(question: String, choices: [Exercise.Choice], answer: String, form: String) -> String {
        let options =
            choices.isEmpty ? "" : "\nOptions:\n" + choices.map { "(\($0.letter)) \($0.text)" }.joined(separator: "\n")
        return """
            Take the final answer out of a student's response to a question. Do not solve the question and do not correct the \
            student: repeat what the response comes to, in the form that the question asks for. If it comes to no answer, \
            write none.
            Reply with the answer and nothing else.

            \(examples)

            Question: \(question)\(options)
            \(form)Response: \(answer)
            Answer:
            """
    }

    /// Worked examples of ours, one for each kind of answer.
    private static let examples = """
        Question: How many marbles are in the jar? (Answer with a whole number.)
        Response: There are three rows of four marbles and two more on top, so the jar holds 14 marbles.
        Answer: 14

        Question: How long is the plank in metres? (Answer with one decimal place.)
        Response: Adding 0.75 and 1.45 gives a length of 2.20 m, which is about 2.2 metres.
        Answer: 2.2

        Question: Between which years did the number fall? (Answer with a list of two years.)
        Response: The line falls only once, from 2004 until 2006.
        Answer: [2004, 2006]

        Question: Which angle is the largest?
        Options:
        (A) the angle at P
        (B) the angle at Q
        Response: The side across from Q is the longest one, therefore the angle at Q must be the largest, which is (B).
        Answer: B

        Question: Give the slope of the line.
        Response: To find it we would need the coordinates of two points; let me look at the picture again.
        Answer: none

        Question: Give the area of the shaded part in terms of r.
        Response: The square has 4r^2, the circle \\pi r^2, so what remains is $4r^2 - \\pi r^2$.
        Answer: 4r^2 - \\pi r^2
        """

    /// Whether two short answers say the same; to be answered with 1 or 0.
    static func comparison(question: String, reference: String, extract: String) -> String {
        """
        Compare a student's final answer to a question with the reference answer. They are the same if they mean the same \
        number, expression, option or thing, however it is written; what is missing or differs in value makes them different.
        Reply with 1 if they are the same and with 0 if not, and nothing else.

        Question: How long is the side?
        Reference answer: 6 cm
        Student's answer: 6
        Same: 1

        Question: Solve for x.
        Reference answer: 3\\sqrt{2}
        Student's answer: 2\\sqrt{3}
        Same: 0

        Question: \(question)
        Reference answer: \(reference)
        Student's answer: \(extract)
        Same:
        """
    }

    /// Whether an answer says yes or no.
    static func yesNo(question: String, answer: String) -> String {
        """
        A student answered a question that asks for yes or no. Find out whether the student's answer means Yes or No. Do not \
        answer the question yourself. If the answer means neither, or cannot be told, the word is Unknown.
        Reply with one word, Yes, No or Unknown, and nothing else.

        Question: Is the left line longer than the right one?
        Student's answer: The two lines have the same length.
        Word: No

        Question: Is there a dog in the picture?
        Student's answer: I cannot make out what the picture shows.
        Word: Unknown

        Question: \(question)
        Student's answer: \(answer)
        Word:
        """
    }
}
