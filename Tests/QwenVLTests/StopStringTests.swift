import QwenVL
import Testing

/// Strings that end a text, however it is cut into pieces.
@Suite struct StopStringTests {
    /// What comes out of some pieces, and whether a string has ended them.
    private func run(_ stops: [String], _ pieces: [String]) -> (given: [String], isStopped: Bool) {
        var watch = StopStrings(stops)
        var given = pieces.map { watch.append($0) }
        given.append(watch.finish())
        return (given, watch.isStopped)
    }

    @Test func theStringIsNoPartOfTheText() {
        #expect(run(["END"], ["abc END def", "ghi"]) == (["abc ", "", ""], true))
        #expect(run(["END"], ["END"]) == (["", ""], true))
        #expect(run([], ["abc"]) == (["abc", ""], false))
        #expect(run([""], ["abc"]) == (["abc", ""], false))
    }

    @Test func whatMayBeginTheStringIsHeldBack() {
        #expect(run(["END"], ["abE", "N", "d", "E"]) == (["ab", "", "ENd", "", "E"], false))
        #expect(run(["END"], ["abE", "N", "D more"]) == (["ab", "", "", ""], true))
        #expect(run(["aab"], ["aa", "a", "b"]) == (["", "a", "", ""], true))
        #expect(run(["\n\n"], ["one\n", "two\n", "\n"]) == (["one", "\ntwo", "", ""], true))
    }

    @Test func theFirstToBeCompleteEndsTheText() {
        #expect(run(["abcdef", "cd"], ["xabcdef"]).given.joined() == "xab")
        #expect(run(["abcdef", "cd"], ["xab", "cd", "ef"]).given.joined() == "xab")
        #expect(run(["d", "bcd"], ["abcd"]).given.joined() == "a")
    }

    @Test func charactersOfSeveralBytesStayWhole() {
        // Both letters begin with the byte C3.
        #expect(run(["é"], ["è", "x", "é"]) == (["è", "x", "", ""], true))
        #expect(run(["😀!"], ["a😀", "?", "😀", "!"]) == (["a", "😀?", "", "", ""], true))
    }

    /// Any cut of a text gives what the whole text gives, and never more at any time than is certain.
    @Test func cutsDoNotMatter() {
        let letters = ["a", "b", "é", "\n"]
        var state: UInt64 = 1
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        func text(_ count: Int) -> String { (0..<count).map { _ in letters[random(letters.count)] }.joined() }
        var stopped = 0
        for _ in 0..<2000 {
            let stops = (0...random(3)).map { _ in text(1 + random(4)) }
            let whole = text(random(14))
            let (expected, isStopped) = run(stops, [whole])
            var pieces: [String] = [""]
            for character in whole {
                if random(2) == 0 { pieces.append("") }
                pieces[pieces.count - 1].append(character)
            }
            let (given, cutIsStopped) = run(stops, pieces)
            #expect(given.joined() == expected.joined() && cutIsStopped == isStopped, "\(stops) \(pieces)")
            if !isStopped { #expect(given.joined() == whole) }
            stopped += isStopped ? 1 : 0
        }
        #expect((200...1800).contains(stopped))
    }
}

private func == (left: (given: [String], isStopped: Bool), right: ([String], Bool)) -> Bool {
    left.given == right.0 && left.isStopped == right.1
}
