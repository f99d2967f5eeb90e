/// A chain of reasoning: an argument with what else is to be told, put into words in two manners.
struct Chain {
    let argument: Argument
    let answer: String
    /// The letter of the right option, if there are options.
    let letter: String?
    /// What a hint suggests, if the chain speaks of it.
    let hint: String?
    /// A wrong answer that is said first and taken back.
    let slip: String?

    /// Reasons from what is known of the picture, and checks it in another way.
    func reflection(_ wording: inout Wording) -> String {
        var parts = opening(&wording)
        if argument.sights.count > 2, wording.chance(0.5) {
            parts.append(
                wording.one("From the picture: ", "I know: ", "What I see: ", "") + argument.sights.map(\.plain).listed
                    + ".")
        } else {
            for (index, sight) in argument.sights.enumerated() {
                parts.append(fact(sight, isFirst: index == 0, &wording))
            }
        }
        parts += middle(&wording)
        let check = argument.check.plain
        parts.append(
            wording.one(
                "Wait, let me check that again: \(check).", "Let me check: \(check).",
                "Is that right? \(check.capitalizedFirst).",
                "To be sure, I check again: \(check).", "Hold on, let me go over it again: \(check).",
                "I check it another way: \(check)."))
        parts += ending(&wording)
        return parts.map(\.capitalizedFirst).joined(separator: " ")
    }

    /// The same with eyes that go back to the picture.
    func anchored(_ wording: inout Wording) -> String {
        var parts = opening(&wording)
        let anchors = Set(wording.order(Array(argument.sights.indices)).prefix(2))
        for (index, sight) in argument.sights.enumerated() {
            parts.append(
                anchors.contains(index) ? anchor(sight, &wording) : fact(sight, isFirst: false, &wording))
        }
        parts += middle(&wording)
        let check = argument.check
        parts.append(
            wording.one(
                "Wait, I look at \(check.target) again: \(check.looked).",
                "Looking back at \(check.target), \(check.looked).",
                "To be sure I look once more at \(check.target): \(check.looked).",
                "Let me look again at \(check.target): \(check.looked).",
                "My eyes go back to \(check.target): \(check.looked)."))
        parts += ending(&wording)
        return parts.map(\.capitalizedFirst).joined(separator: " ")
    }

    private func anchor(_ sight: Sight, _ wording: inout Wording) -> String {
        let (target, looked) = (sight.target, sight.looked)
        if argument.sights.count > 3 {
            return wording.one(
                "I look at \(target): \(looked).", "Looking at \(target), \(looked).",
                "Looking back at \(target), \(looked).",
                "Eyes on \(target): \(looked).")
        }
        return wording.one(
            "Looking back at \(target), \(looked).", "I look at \(target): \(looked).",
            "Looking at \(target), I see this: \(looked).", "My eyes go to \(target): \(looked).",
            "Now I look at \(target), and \(looked).", "I take a look at \(target), and \(looked).")
    }

    private func fact(_ sight: Sight, isFirst: Bool, _ wording: inout Wording) -> String {
        isFirst
            ? wording.one(
                "First, \(sight.plain).", "\(sight.plain).", "I see that \(sight.plain).", "I know that \(sight.plain)."
            )
            : argument.sights.count > 3
                ? "\(sight.plain)."
                : wording.one(
                    "\(sight.plain).", "And \(sight.plain).", "I see that \(sight.plain).", "Also, \(sight.plain).")
    }

    private func opening(_ wording: inout Wording) -> [String] {
        let task = argument.task
        var parts = [
            wording.one(
                "I need to \(task).", "The task is to \(task).", "I have to \(task).", "I should \(task).",
                "I am asked to \(task).", "Let me \(task).")
        ]
        if hint != nil, slip == nil, argument.sights.count < 4, wording.chance(0.5) {
            parts.append(
                wording.one(
                    "There is a hint, but I look for myself.", "I do not just trust the friend.",
                    "I check what the friend says.",
                    "The friend may be wrong."))
        }
        return parts
    }

    private func middle(_ wording: inout Wording) -> [String] {
        var parts: [String] = []
        if let slip {
            // "No, wait" would be misread behind the answer "no".
            parts.append(
                ["yes", "no"].contains(slip)
                    ? wording.one(
                        "My first guess is \(slip). Wait, that does not fit.",
                        "At first I would say \(slip), but that is wrong.",
                        "First I think \(slip). Wait, that is a mistake.",
                        "I nearly say \(slip), but that is not right.")
                    : wording.one(
                        "At first I think \(slip). No, that is wrong.",
                        "My first guess is \(slip). Wait, that does not fit.",
                        "I first take it for \(slip). No, I was too fast.", "\(slip)? No, wait, that is a mistake.",
                        "First I get \(slip). No, that is not right."))
        }
        return parts + [argument.step]
    }

    private func ending(_ wording: inout Wording) -> [String] {
        var parts: [String] = []
        if let hint {
            parts.append(
                hint == answer
                    ? wording.one(
                        "The friend says \(hint), and the picture agrees.", "The friend is right with \(hint).",
                        "That agrees with the friend, who says \(hint).", "So what the friend says, \(hint), is right.")
                    : wording.one(
                        "The friend says \(hint), but the picture does not agree.", "The friend is wrong with \(hint).",
                        "That is not what the friend says, \(hint).", "So what the friend says, \(hint), is wrong."))
        }
        if let letter {
            parts.append(
                wording.one(
                    "So the answer is \(answer), option \(letter).", "The answer is \(letter), \(answer).",
                    "That is option \(letter): \(answer).", "So I choose \(letter), \(answer).",
                    "So option \(letter), \(answer), is right.", "So it is \(answer), which is \(letter)."))
        } else {
            parts.append(
                wording.one(
                    "So the answer is \(answer).", "The answer is \(answer).", "That gives \(answer).",
                    "So I answer \(answer).",
                    "So it is \(answer).", "My answer is \(answer)."))
        }
        return parts
    }
}
