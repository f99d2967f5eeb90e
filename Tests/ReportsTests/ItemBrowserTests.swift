import Foundation
import HeadlessBrowser
import Reports
import Testing

/// Items as a reader browses them: filtered, searched, leafed through, linked to, saved, printed.
@Suite(.serialized) struct ItemBrowserTests {
    private static func withPage<Result>(
        _ sections: [Report.Section]? = nil, _ body: (Browser, URL) throws -> Result
    ) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("avar-items-\(UUID().uuidString).html")
        try Report(title: "Items", sections: try sections ?? [.items(SampleItems.browser())]).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(Browser(), file)
    }

    private func text(_ browser: Browser, _ selector: String) throws -> String? {
        try browser.evaluate("document.querySelector(\(String(reflecting: selector))).textContent") as? String
    }

    private func titles(_ browser: Browser) throws -> [String] {
        try browser.evaluate("[...document.querySelectorAll('.item h3')].map(e => e.textContent)") as? [String] ?? []
    }

    /// Titles of the items of these places, the hostile one as it is shown.
    private func expected(_ places: some Sequence<Int>) -> [String] { places.map { shown(SampleItems.item($0).title) } }

    private func shown(_ text: String) -> String {
        text.replacingOccurrences(of: "\u{0}", with: "␀").replacingOccurrences(of: "\u{7}", with: "␇")
            .replacingOccurrences(of: "\r", with: "␍")
    }

    private func choose(_ browser: Browser, _ facet: Int, _ value: String) throws {
        let expression = """
            (() => { const e = document.querySelectorAll('.browser select')[\(facet)];
            const o = [...e.options].find(o => o.text === '\(value)' || o.text.startsWith('\(value) ('));
            e.value = o.value; e.dispatchEvent(new Event('input', {bubbles: true})); return o.text; })()
            """
        _ = try #require(try browser.evaluate(expression) as? String)
    }

    /// Types as a reader does.
    private func type(_ browser: Browser, _ words: String) throws {
        try browser.click(".browser input")
        try browser.call("Input.insertText", ["text": words])
    }

    /// Waits until an expression is true, which it is soon.
    private func wait(_ browser: Browser, _ expression: String) throws {
        for _ in 0..<100 {
            if try browser.evaluate(expression) as? Bool == true { return }
            Thread.sleep(forTimeInterval: 0.05)
        }
        Issue.record("never true: \(expression), \(String(describing: try browser.evaluate("location.hash")))")
    }

    @Test(.timeLimit(.minutes(2))) func facetsHoldTogether() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            #expect(try text(browser, ".count") == "60 of 60 items, 1 to 25 shown")
            #expect(try titles(browser) == expected(0..<25))

            try choose(browser, 0, "unparsed")
            let unparsed = (0..<60).filter { SampleItems.verdict($0) == "unparsed" }
            #expect(try titles(browser) == expected(unparsed))
            #expect(try text(browser, ".count") == "\(unparsed.count) of 60 items")
            // A sign and a word on each, not the colour alone.
            let badges = try browser.evaluate("[...document.querySelectorAll('.verdict')].map(e => e.textContent)")
            #expect(badges as? [String] == unparsed.map { _ in "○ unparsed" })

            // The numbers in one facet are of what the others leave.
            let options = "[...document.querySelectorAll('.browser select')[1].options].map(o => o.text)"
            func offers(_ value: String, _ name: String) -> String {
                "\(name) (\(unparsed.count { SampleItems.category($0) == value }))"
            }
            #expect(
                try browser.evaluate(options) as? [String] == [
                    "all", offers("geometry", "geometry"), offers("charts, tables", "charts, tables"),
                    offers("", "none"), offers("Tür & Tor", "Tür & Tor"),
                ])
            try choose(browser, 1, "Tür & Tor")
            let both = unparsed.filter { SampleItems.category($0) == "Tür & Tor" }
            #expect(!both.isEmpty && both.count < unparsed.count)
            #expect(try titles(browser) == expected(both))
            try choose(browser, 1, "none")
            #expect(try titles(browser) == expected(unparsed.filter { SampleItems.category($0).isEmpty }))

            try type(browser, "no such word")
            #expect(try titles(browser) == [])
            #expect(try text(browser, ".items")?.hasPrefix("Nothing matches.") == true)
            try browser.click(".browser .clear")
            #expect(try titles(browser) == expected(0..<25))
            try wait(browser, "location.hash === '' && !location.href.includes('#')")
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func searchReadsEveryText() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            // Case and the kind of white space do not matter, and signs of patterns mean themselves.
            for (query, place) in [("TRIANGLE  17 is", 17), ("value. question 23", 23), ("testmini-31", 31)] {
                try type(browser, query)
                #expect(try titles(browser) == expected([place]), "\(query)")
                #expect(try browser.evaluate("document.querySelectorAll('.item mark').length") as? Int == 1)
                try browser.click(".browser .clear")
            }
            try type(browser, "\\frac{1}")
            #expect(try titles(browser) == expected((0..<60).filter { $0 % 4 != 1 && $0 != 4 }.prefix(25)))
            try browser.click(".browser .clear")
            // A label and a facet.
            for (query, places) in [
                ("cut", (0..<60).filter { $0 % 5 == 4 }), ("tür &", (0..<60).filter { $0 % 4 == 3 }),
            ] {
                try type(browser, query)
                #expect(try titles(browser) == expected(places), "\(query)")
                try browser.click(".browser .clear")
            }
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func pagesAreTurned() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            let focus = "document.activeElement.className"
            try browser.click(".turning .on")
            #expect(try titles(browser) == expected(25..<50))
            #expect(try text(browser, ".count") == "60 of 60 items, 26 to 50 shown")
            #expect(try text(browser, ".turning .place") == "page 2 of 3")
            #expect(try browser.evaluate(focus) as? String == "on")
            // The last page by the button below: back at the top, the keyboard on a button that does something.
            try browser.click(".turning.end .on")
            #expect(try titles(browser) == expected(50..<60))
            #expect(try browser.evaluate("document.querySelector('.turning .on').disabled") as? Bool == true)
            #expect(try browser.evaluate(focus) as? String == "back")
            let top =
                try browser.evaluate("document.querySelector('.turning').getBoundingClientRect().top") as? NSNumber
            #expect((0...100).contains(try #require(top).doubleValue))
            try browser.call(
                "Input.dispatchKeyEvent",
                ["type": "keyDown", "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"])
            #expect(try titles(browser) == expected(25..<50))
            // Another choice begins at the first page.
            try choose(browser, 2, "agree")
            #expect(try titles(browser) == expected((0..<60).filter { $0 % 5 != 0 }.prefix(25)))
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func addressesKeepWhatIsShown() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            try choose(browser, 1, "charts, tables")
            try choose(browser, 0, "wrong")
            try type(browser, "angle & = 50%")
            try wait(browser, "location.hash.includes('search')")
            let hash = try #require(try browser.evaluate("location.hash") as? String)
            #expect(hash == "#s1.is.verdict=wrong&s1.is.category=charts%2C+tables&s1.search=angle+%26+%3D+50%25")
            try browser.click(".browser .clear")
            try choose(browser, 2, "agree")
            try browser.click(".turning .on")
            try wait(browser, "location.hash === '#s1.is.readings=agree&s1.page=2'")

            // Opened by another reader.
            let other = try Browser()
            try other.open(
                try #require(URL(string: file.absoluteString + "#s1.is.readings=agree&s1.page=2")), width: 1200)
            let agreeing = (0..<60).filter { $0 % 5 != 0 }
            #expect(try titles(other) == expected(agreeing[25..<48]))
            #expect(
                try other.evaluate("document.querySelectorAll('select')[2].selectedOptions[0].text") as? String
                    == "agree (48)")
            // A link within the page; what it does not know it leaves out.
            let wrong = (0..<60).filter { SampleItems.verdict($0) == "wrong" && SampleItems.category($0).isEmpty }
            _ = try other.evaluate(
                "location.hash = 's1.is.verdict=wrong&s1.is.category=&s1.is.readings=odd&s1.page=99'")
            try wait(other, "document.querySelectorAll('.item').length === \(wrong.count)")
            #expect(try titles(other) == expected(wrong))
            #expect(browser.complaints == [] && other.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func savesWhatIsFiltered() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            try choose(browser, 0, "wrong")
            let items = (0..<60).map { ($0, SampleItems.item($0)) }.filter { $0.1.facets[0] == "wrong" }
            #expect(items.count > 25 && items.contains { $0.0 == 4 })
            let table = Table(
                title: "",
                columns: [
                    "item", "title", "labels", "verdict", "category", "readings", "Question", "Prompt", "Answer",
                    "Right answer", "Extracted (strict)", "Extracted (reference)",
                ],
                rows: items.map { place, item in
                    ["\(place + 1)", item.title, item.labels.joined(separator: "; ")].map { .text($0) }
                        + item.facets.map { .text($0) } + item.texts.map { .text($0.text) }
                })
            let saved = try browser.download(".browsing .head button")
            #expect(saved.name == "items-of-mathvista-friends.csv")
            #expect(String(decoding: saved.data, as: UTF8.self) == table.csv())
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func hostileAnswersStayText() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            #expect(try text(browser, ".item:nth-child(5) .said:nth-child(3) .text") == shown(SampleItems.evil))
            #expect(try text(browser, ".item:nth-child(5) h3") == shown(SampleItems.evil))
            #expect(try text(browser, ".item:nth-child(6) .said:nth-child(3) .text") == "∅ empty")
            #expect(try browser.evaluate("document.querySelectorAll('[onerror]').length") as? Int == 0)
            try type(browser, "</script><img")
            #expect(try titles(browser) == expected([4]))
            #expect(browser.events.allSatisfy { $0.method != "Page.javascriptDialogOpening" })
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func picturesAreMadeWhenShownAndEnlargedByAClick() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            let places = (0..<25).flatMap { SampleItems.item($0).pictures }
            #expect(try browser.evaluate("document.images.length") as? Int == places.count)
            try wait(browser, "[...document.images].every(i => i.complete && i.naturalWidth > 0)")
            let widths = try browser.evaluate("[...document.images].map(i => i.naturalWidth)") as? [Int]
            let pictures = try SampleItems.pictures()
            #expect(widths == places.map { pictures[$0].width })

            try browser.click(".item:nth-child(9) .look:nth-child(3)")
            let large = "document.querySelector('dialog[open] img')"
            try wait(browser, "\(large)?.complete")
            #expect(try browser.evaluate("[\(large).clientWidth, \(large).clientHeight]") as? [Int] == [260, 220])
            #expect(try text(browser, "dialog .bearing span") == "Picture 3 of 3: testmini-8, 260 × 220 pixels")
            try browser.press("Escape", code: 27)
            try wait(browser, "document.querySelector('dialog[open]') === null")
            #expect(try browser.evaluate("document.activeElement.className") as? String == "look")
            // The event of closing comes a moment later.
            try wait(browser, "document.images.length === \(places.count)")
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func longAnswersAreFolded() throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: 1200)
            // 1 + 36 + 1 lines.
            let said = ".item:nth-child(10) .said:nth-child(3)"
            let height = "document.querySelector('\(said) .text').clientHeight"
            let line = 1.35 * 16
            let folded = try #require(try browser.evaluate(height) as? NSNumber).doubleValue
            #expect(abs(folded - 12 * line) < 2)
            #expect(try text(browser, "\(said) .more") == "Show all 38 lines")
            #expect(try text(browser, "\(said) .text") == SampleItems.answer(9))
            try browser.click("\(said) .more")
            let open = try #require(try browser.evaluate(height) as? NSNumber).doubleValue
            #expect(abs(open - 38 * line) < 2)
            #expect(try text(browser, "\(said) .more") == "Fold")
            #expect(
                try browser.evaluate("document.querySelector('\(said) .more').ariaExpanded") as? String == "true")
            try browser.click("\(said) .more")
            #expect(try #require(try browser.evaluate(height) as? NSNumber).doubleValue == folded)
            // What was searched for is not folded away.
            try type(browser, "step 33: the angle at vertex 32 is 17°")
            #expect(try titles(browser).isEmpty)
            try browser.click(".browser .clear")
            try type(browser, "vertex 32 is 157°")
            #expect(try titles(browser) == expected([9]))
            #expect(try text(browser, ".said:nth-child(3) .more") == "Fold")
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2)), arguments: [1200, 400], [false, true])
    func fitsAndIsPrinted(width: Int, dark: Bool) throws {
        try Self.withPage { browser, file in
            try browser.open(file, width: width, dark: dark)
            #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            let outside = """
                (() => { const right = document.querySelector('section').getBoundingClientRect().right;
                return [...document.querySelectorAll('.browser *')].filter(e => e.getBoundingClientRect().right > right)
                .map(e => e.className); })()
                """
            #expect(try browser.evaluate(outside) as? [String] == [])
            try choose(browser, 0, "right")
            // Lines that break make more texts long.
            let right = (0..<60).filter { SampleItems.verdict($0) == "right" }.prefix(25)
            let long = right.count { SampleItems.answer($0).count { $0 == "\n" } > (width == 1200 ? 15 : 7) }
            #expect(long > 3)
            try browser.call("Emulation.setEmulatedMedia", ["media": "print"])
            let visible = "(name => [...document.querySelectorAll(name)].filter(e => e.offsetHeight > 0).length)"
            for (name, number) in [
                (".controls", 0), (".more", 0), (".turning button", 0), (".item", 25), (".active", 1),
                (".folded", long),
            ] { #expect(try browser.evaluate("\(visible)('\(name)')") as? Int == number, "\(name)") }
            #expect(try #require(browser.evaluate("\(visible)('.look img')") as? Int) > 20)
            #expect(try text(browser, ".active") == "verdict: right")
            let whole = "[...document.querySelectorAll('.text')].every(e => e.scrollHeight <= e.clientHeight + 1)"
            #expect(try browser.evaluate(whole) as? Bool == true)
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(2))) func browsersOfOnePageDoNotMeet() throws {
        try Self.withPage([.items(SampleItems.browser()), .items(SampleItems.browser())]) { browser, file in
            try browser.open(try #require(URL(string: file.absoluteString + "#s2.is.verdict=unparsed")), width: 1200)
            let counts = "[...document.querySelectorAll('.count')].map(e => e.textContent)"
            #expect(try browser.evaluate(counts) as? [String] == ["60 of 60 items, 1 to 25 shown", "8 of 60 items"])
            try choose(browser, 0, "right")
            try wait(browser, "location.hash === '#s1.is.verdict=right&s2.is.verdict=unparsed'")
        }
    }

    /// Three thousand questions with a picture of 20 kB each, and answers of 3 kB.
    @Test(.timeLimit(.minutes(3))) func thousandsStayQuick() throws {
        let count = 3000
        let png = try SampleItems.pictures()[2].data
        let pictures = (0..<count).map { index in
            // What follows the end of a PNG is not read.
            let rest = (0..<20_000 - png.count).map { UInt8(truncatingIfNeeded: ($0 &* 31 ^ index &* 17) >> 2) }
            return ItemBrowser.Picture(mediaType: "image/png", data: png + rest, width: 64, height: 64)
        }
        let thought = String(repeating: "The <angle> at this vertex is 40°, so the other is 50°.\n", count: 50)
        let browser = try ItemBrowser(
            title: "Many", facets: [.init("verdict"), .init("number")], pictures: pictures,
            items: (0..<count).map { index in
                .init(
                    title: "q\(index)", facets: [SampleItems.verdict(index), "\(index % 40)"], pictures: [index],
                    texts: [.init("Question", "Number \(index)?"), .init("Answer", thought + "It is \(index).")])
            })
        let clock = ContinuousClock()
        var file: URL?
        let writing = try clock.measure {
            let place = FileManager.default.temporaryDirectory.appendingPathComponent(
                "avar-items-\(UUID().uuidString).html")
            try Report(title: "Items", sections: [.items(browser)]).write(to: place)
            file = place
        }
        let page = try #require(file)
        defer { try? FileManager.default.removeItem(at: page) }
        let reader = try Browser()
        let opening = try clock.measure { try reader.open(page, width: 1200) }
        #expect(try text(reader, ".count") == "3,000 of 3,000 items, 1 to 25 shown")
        #expect(try reader.evaluate("document.images.length") as? Int == 25)
        let searching = try clock.measure { try type(reader, "it is 2718.") }
        #expect(try titles(reader) == ["q2718"])
        try reader.click(".browser .clear")
        let filtering = try clock.measure { try choose(reader, 0, "wrong") }
        #expect(try text(reader, ".count")?.hasPrefix("1,286 of 3,000") == true)
        #expect(reader.complaints == [])
        print("3,000 items: written \(writing), opened \(opening), searched \(searching), filtered \(filtering)")
        #expect(writing < .seconds(10) && opening < .seconds(10))
        #expect(searching < .seconds(4) && filtering < .seconds(2))
    }
}
