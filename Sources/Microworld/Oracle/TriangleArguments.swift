extension Triangle {
    /// The argument for the angle that is not written.
    func argument(_ wording: inout Wording) -> Argument {
        let (a, b) = (angles[written[0]], angles[written[1]])
        let answer = missing
        var sights = written.map { index in
            let (corner, angle) = (corner(index), angles[index])
            return Sight(
                target: "the \(corner) corner",
                plain: wording.one(
                    "the angle at the \(corner) corner is \(angle)", "the \(corner) corner has \(angle) degrees",
                    "at the \(corner) corner I read \(angle)", "\(angle) is written at the \(corner) corner"),
                looked: wording.one(
                    "the angle is \(angle)", "it is marked with \(angle)", "I read \(angle)",
                    "there are \(angle) degrees"))
        }
        if wording.chance(0.6) {
            let corner = corner(hidden)
            sights.append(
                Sight(
                    target: "the \(corner) corner",
                    plain: wording.one(
                        "the \(corner) corner has a question mark", "the question mark is at the \(corner) corner"),
                    looked: wording.one("there is the question mark", "it has the question mark")))
        }
        let width =
            answer == 90
            ? "just as wide as the corner of a square"
            : "\(answer < 90 ? "narrower" : "wider") than the corner of a square"
        return Argument(
            task: wording.one(
                "find the missing angle", "find the angle with the question mark", "work out the third angle",
                "say how many degrees are missing"),
            sights: wording.order(sights),
            step: wording.one(
                "\(a) + \(b) = \(a + b), and 180 - \(a + b) = \(answer).", "180 - \(a) - \(b) = \(answer).",
                "All angles make 180, so 180 - \(a + b) = \(answer).",
                "From 180 I take \(a) and \(b), so \(answer) is left.",
                "\(b) + \(a) = \(a + b). Up to 180 it is \(answer)."),
            check: Sight(
                target: wording.one("all three corners", "the whole triangle", "the three angles"),
                plain: wording.one(
                    "\(a) + \(b) + \(answer) = 180, so it fits", "\(answer) + \(a + b) = 180",
                    "\(answer) is \(width), and \(a) + \(b) + \(answer) = 180", "\(a), \(b) and \(answer) make 180"),
                looked: wording.one(
                    "\(a) + \(b) + \(answer) = 180", "\(a), \(b) and \(answer) make 180",
                    "the open angle is \(width), and \(a) + \(b) + \(answer) = 180")),
            slips: [answer + 10, answer - 10].map { "\($0)" })
    }
}
