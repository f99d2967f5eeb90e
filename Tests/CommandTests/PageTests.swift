import Foundation
import HeadlessBrowser
import Testing

/// The pages that the command writes, opened from disk in a browser as a reader does.
@Suite(.serialized) struct PageTests {
    /// Nothing sticks out of the page and nothing is wrong with it, wide and narrow.
    private func expectSound(_ page: URL, _ browser: Browser) throws {
        for width in [420, 1400] {
            try browser.open(page, width: width)
            #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
        }
        #expect(browser.complaints == [])
    }

    private func canvas(_ browser: Browser) throws -> String {
        try browser.evaluate("document.querySelector('.overlay canvas').toDataURL()") as? String ?? ""
    }

    @Test(.timeLimit(.minutes(4))) func theAnswerUnderItsAttention() throws {
        try withVASData { data in
            let run = try Command.run(
                "generate", "--model", Command.checkpoint.path, "--image", "red.png", "blue.png", "--prompt",
                "Describe the picture.", "--max-new-tokens", "6", "--report", "page.html", "--map", "2:1", "--map", "0",
                "--json", in: data.folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            let looks = try #require(json["looks"] as? [[String: Any]])
            #expect(looks.count == (json["tokens"] as? [Int]).map { $0.count - 1 })
            let browser = try Browser()
            let page = data.folder.appendingPathComponent("page.html")
            try expectSound(page, browser)
            let chips = try browser.evaluate("document.querySelectorAll('.overlay .chip').length") as? Int
            #expect(chips == looks.count)
            try #require(looks.count > 1)
            // Another token, other pixels.
            var seen: Set<String> = [try canvas(browser)]
            for index in looks.indices {
                try browser.hover(browser.box(".overlay .chip:nth-of-type(\(index + 1))"))
                seen.insert(try canvas(browser))
            }
            #expect(seen.count == looks.count + 1)
            // What is saved from the page is what the JSON holds: the first grid of the second view, of the first token.
            let saved = try browser.download("section.overlays button").data
            let lines = String(decoding: saved, as: UTF8.self).split(separator: "\n").map(String.init)
            #expect(lines.count == 1 + looks.count * 3 * 2 * 16)
            let maps = try #require(looks[0]["maps"] as? [[String: Any]])
            let grid = try #require((maps[1]["pictures"] as? [[[Double]]])?.first)
            let view = try #require(maps[1]["view"] as? String)
            let own = lines.filter { $0.contains(view) && $0.contains("picture 1") }.prefix(16)
            let weights = own.compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
            #expect(weights.count == 16)
            #expect(
                zip(weights, grid.joined()).allSatisfy { abs($0 - $1) < 1e-3 * max(abs($1), 1e-6) }, "\(own) \(grid)")
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(4))) func theDataSetAndTheSweep() throws {
        try withVASData { data in
            try data.write(VASData.questions(4))
            #expect(try data.run("--queries", "response", "--output", "out").status == 0)
            let swept = try Command.run(
                "sweep", "--model", Command.checkpoint.path, "--data", "data.jsonl", "--max-new-tokens", "4",
                "--modulate",
                "scores", "raw", "--presets", "vaf", "--output", "swept", in: data.folder)
            #expect(swept.status == 0)
            let browser = try Browser()
            let measured = data.folder.appendingPathComponent("out/report.html")
            try expectSound(measured, browser)
            #expect(try browser.evaluate("document.querySelectorAll('.overlay').length") as? Int == 3)
            let before = try canvas(browser)
            try browser.hover(browser.box(".overlay .chip:nth-of-type(1)"))
            #expect(try canvas(browser) != before)
            try expectSound(data.folder.appendingPathComponent("swept/report.html"), browser)
            let text = try browser.evaluate("document.body.innerText") as? String ?? ""
            #expect(text.contains("raw +0.15 -0.6") && text.contains("vaf") && text.contains("Accuracy over suppress"))
        }
    }

    /// The grids of the JSON add up to what the answer gives to the pictures.
    @Test func gridsAreTheRowsOfTheMap() throws {
        try withVASData { data in
            let run = try Command.run(
                "generate", "--model", Command.checkpoint.path, "--image", "red.png", "blue.png", "--prompt",
                "what is the shape?", "--map", "mean", "--map", "3", "--json", in: data.folder)
            #expect(run.status == 0, "\(run.errors)")
            let json = try run.json()
            let looks = try #require(json["looks"] as? [[String: Any]])
            let layers = try #require((json["answer"] as? [String: Any])?["layers"] as? [[String: Double]])
            var sums = [0.0, 0.0]
            for look in looks {
                let maps = try #require(look["maps"] as? [[String: Any]])
                #expect(
                    maps.map { $0["view"] as? String } == ["mean over layers and heads", "layer 3, mean over heads"])
                for (index, map) in maps.enumerated() {
                    let pictures = try #require(map["pictures"] as? [[[Double]]])
                    #expect(pictures.map(\.count) == [4, 4] && pictures.allSatisfy { $0.allSatisfy { $0.count == 4 } })
                    sums[index] += pictures.joined().joined().reduce(0, +) / Double(looks.count)
                }
            }
            let visual = try layers.map { try #require($0["visual"]) }
            #expect(abs(sums[0] - visual.reduce(0, +) / 4) < 1e-5)
            #expect(abs(sums[1] - visual[3]) < 1e-5)
            for arguments in [["--map", "3"], ["--map", "x", "--json"], ["--map", "1:2:3", "--json"]] {
                let refused = try Command.run(
                    ["generate", "--model", Command.checkpoint.path, "--prompt", "what?"] + arguments, in: data.folder)
                #expect(refused.status == 64)
            }
            let stray = try Command.run(
                "generate", "--model", Command.checkpoint.path, "--image", "red.png", "--prompt", "what?", "--map", "4",
                "--json",
                in: data.folder)
            #expect(stray.status == 1 && stray.sentence?.contains("layers 0 to 3") == true)
        }
    }
}
