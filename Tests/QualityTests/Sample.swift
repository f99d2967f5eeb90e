import Foundation
import Quality
import Scoring

/// A sample that passes every gate, to be spoilt.
enum Sample {
    static let description = """
        A bar chart with four bars. The axis goes from 0 to 10. The left bar is red and ends at 5, then follow a green bar \
        at 7, a blue bar at 3 and a purple bar at 6.
        """
    static let thought = """
        The question asks by how much the green bar is taller than the blue one. Looking at the green bar, its top lies on \
        the line of 7 on the axis. In the picture I see the blue bar right beside it, and it ends at 3. So the difference \
        is 7 - 3 = 4. Let me check this by looking back at the axis: the lines stand for whole numbers, and four of them \
        lie between the two tops. That agrees.
        """

    static func good(_ id: String = "one", thought: String = thought, answer: String = "4") -> SynthesizedSample {
        SynthesizedSample(
            id: id,
            exercise: Exercise(
                .microworld, .freeForm, answer: "4",
                question: "By how much is the green bar taller than the blue bar?"),
            description: description, reasoning: "7 - 3 = 4",
            text: "<think>\(thought)</think><answer>\(answer)</answer>")
    }
}
