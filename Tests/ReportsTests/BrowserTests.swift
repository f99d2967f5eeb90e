import Foundation
import HeadlessBrowser
import Reports
import Testing

/// A report as a reader has it: opened from disk in a browser, pointed at, clicked, saved from.
@Suite(.serialized) struct BrowserTests {
    private static func withReport<Result>(_ body: (Browser, URL) throws -> Result) throws -> Result {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent(
            "avar-report-\(UUID().uuidString).html")
        try SampleReport.report().write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(Browser(), file)
    }

    /// Everything the page asked for, by address, data within the page left out.
    private func requests(_ browser: Browser) -> [String] {
        browser.events.filter { $0.method == "Network.requestWillBeSent" }
            .compactMap { ($0.parameters["request"] as? [String: Any])?["url"] as? String }
            .filter { !$0.hasPrefix("data:") && !$0.hasPrefix("blob:") }
    }

    @Test(.timeLimit(.minutes(4)), arguments: [1400, 420], [false, true])
    func opensFromDisk(width: Int, dark: Bool) throws {
        try Self.withReport { browser, file in
            try browser.open(file, width: width, dark: dark)
            #expect(try browser.evaluate("document.documentElement.scrollWidth") as? Int == width)
            #expect(try browser.evaluate("document.fonts.status") as? String == "loaded")
            // As many drawings as figures, each in the size that fits, none of them cut off.
            let shown = "[...document.querySelectorAll('svg.chart')].filter(e => e.getBoundingClientRect().width > 0)"
            #expect(try browser.evaluate("\(shown).length") as? Int == 7)
            let kind = width > 640 ? "wide" : "narrow"
            #expect(try browser.evaluate("\(shown).every(e => e.classList.contains('\(kind)'))") as? Bool == true)
            let outside = """
                \(shown).flatMap(svg => { const box = svg.getBoundingClientRect();
                return [...svg.querySelectorAll('text')].filter(t => { const b = t.getBoundingClientRect();
                return b.left < box.left - 1 || b.right > box.right + 1 || b.bottom > box.bottom + 1; })
                .map(t => t.textContent); })
                """
            #expect(try browser.evaluate(outside) as? [String] == [])
            let ground = try browser.evaluate("getComputedStyle(document.querySelector('section')).backgroundColor")
            #expect(ground as? String == (dark ? "rgb(22, 26, 32)" : "rgb(255, 255, 255)"))
            let ink = try browser.evaluate("getComputedStyle(document.querySelector('svg.chart text')).fill") as? String
            #expect(ink != nil && (ink == "rgb(77, 87, 97)" || ink == "rgb(27, 31, 36)") != dark)
            #expect(browser.complaints == [])
            #expect(requests(browser) == [file.absoluteString])
            // What is too wide would show.
            let wide = """
                (() => { const e = document.createElement('div'); e.style = 'width:\(width + 300)px;height:9px';
                document.querySelector('main').append(e); return document.documentElement.scrollWidth; })()
                """
            #expect(try #require(browser.evaluate(wide) as? Int) > width)
        }
    }

    /// The pixels of the first overlay.
    private func canvas(_ browser: Browser) throws -> String {
        try browser.evaluate("document.querySelector('.overlay canvas').toDataURL()") as? String ?? ""
    }

    @Test(.timeLimit(.minutes(4))) func pointingAtATokenShowsWhereItLooked() throws {
        try Self.withReport { browser, file in
            try browser.open(file, width: 1400)
            let readout = "document.querySelector('.overlay .readout').textContent"
            #expect((try browser.evaluate(readout) as? String)?.hasPrefix("Mean over 35 tokens") == true)
            let chip = try browser.box(".overlay .chip:nth-of-type(7)")
            let frame = try visibleFrame(browser)
            let (before, pixels) = (try canvas(browser), try browser.screenshot(frame))
            #expect(before.count > 200 && pixels.count > 500)

            try browser.hover(chip)
            #expect((try browser.evaluate(readout) as? String)?.contains("Token 6 “ red”") == true)
            #expect(try canvas(browser) != before)
            #expect(try browser.screenshot(frame) != pixels)
            try expectBrightestCell(browser, token: 6, map: 0)

            // Away again: the mean returns, pixel for pixel.
            try browser.hover(try browser.box(".overlay .hint"))
            #expect(try canvas(browser) == before)
            #expect(browser.complaints == [])
        }
    }

    private func visibleFrame(_ browser: Browser) throws -> Browser.Box {
        let expression =
            "(() => { const b = document.querySelector('.overlay .frame').getBoundingClientRect();"
            + " return [b.x, b.y, b.width, b.height].map(v => Math.round(v)) })()"
        let numbers = (try browser.evaluate(expression) as? [Any] ?? []).compactMap { ($0 as? NSNumber)?.doubleValue }
        try #require(numbers.count == 4 && numbers[1] >= 0 && numbers[1] + numbers[3] <= 900)
        return Browser.Box(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    /// The brightest cell of the canvas is that of the largest weight, and no cell is brighter than one of more weight.
    private func expectBrightestCell(_ browser: Browser, token: Int, map: Int) throws {
        let expression = """
            (() => { const c = document.querySelector('.overlay canvas');
            const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
            return Array.from({length: c.width * c.height}, (_, i) => d[4 * i] + d[4 * i + 1] + d[4 * i + 2]); })()
            """
        let light = (try browser.evaluate(expression) as? [Any] ?? []).compactMap { ($0 as? NSNumber)?.intValue }
        let grid = try SampleReport.overlay().tokens[token].maps[map][0]
        #expect(light.count == grid.count)
        #expect(light.max() == 252 + 255 + 164)
        let largest = try #require(grid.indices.max { grid[$0] < grid[$1] })
        #expect(light[largest] == light.max())
        // The same order everywhere: more weight is never darker.
        let order = grid.indices.sorted { grid[$0] < grid[$1] }
        #expect(zip(order, order.dropFirst()).allSatisfy { light[$0] <= light[$1] })
    }

    @Test(.timeLimit(.minutes(4))) func keysTouchAndSettings() throws {
        try Self.withReport { browser, file in
            try browser.open(file, width: 420)
            let chosen = "[...document.querySelectorAll('.overlay .chip')].findIndex(c => c.ariaSelected === 'true')"
            let mean = try canvas(browser)
            // A tap: a pointer that is no mouse.
            let chip = try browser.box(".overlay .chip:nth-of-type(4)")
            let point: [String: Any] = ["x": chip.x + chip.width / 2, "y": chip.y + chip.height / 2]
            try browser.call("Emulation.setTouchEmulationEnabled", ["enabled": true])
            try browser.call("Input.dispatchTouchEvent", ["type": "touchStart", "touchPoints": [point]])
            try browser.call("Input.dispatchTouchEvent", ["type": "touchEnd", "touchPoints": [[String: Any]]()])
            #expect(try browser.evaluate(chosen) as? Int == 3)
            let third = try canvas(browser)
            #expect(third != mean)
            try browser.press("ArrowRight", code: 39)
            #expect(try browser.evaluate(chosen) as? Int == 4)
            #expect(try browser.evaluate("document.activeElement.textContent") as? String == "\u{A0}shows")
            try expectBrightestCell(browser, token: 4, map: 0)
            try browser.press("End", code: 35)
            #expect(try browser.evaluate(chosen) as? Int == SampleReport.answer.count - 1)
            try browser.press("Escape", code: 27)
            #expect(try browser.evaluate(chosen) as? Int == -1)
            #expect(try canvas(browser) == mean)

            // Another map, another range, other colours: each changes the drawing.
            try browser.press("Home", code: 36)
            var seen: Set<String> = [try canvas(browser)]
            for (name, value) in [("map", "1"), ("range", "all"), ("spacing", "log")] {
                let expression = """
                    (() => { const e = document.querySelector('.overlay .\(name)'); e.value = '\(value)';
                    e.dispatchEvent(new Event('input', {bubbles: true})); return e.value; })()
                    """
                #expect(try browser.evaluate(expression) as? String == value)
                #expect(seen.insert(try canvas(browser)).inserted, "\(name) changed nothing")
            }
            let opacity = """
                (() => { const e = document.querySelector('.overlay .opacity'); e.value = 25;
                e.dispatchEvent(new Event('input', {bubbles: true}));
                return document.querySelector('.overlay canvas').style.opacity; })()
                """
            #expect(try browser.evaluate(opacity) as? String == "0.25")
            #expect(browser.complaints == [])
        }
    }

    @Test(.timeLimit(.minutes(4))) func buttonsSaveExactlyTheNumbers() throws {
        try Self.withReport { browser, file in
            let report = try SampleReport.report()
            var saved = 0
            for (index, section) in report.sections.enumerated() {
                let csv: String
                if let figure = section.figure {
                    csv = figure.csv()
                } else if case .table(let table) = section {
                    csv = table.csv()
                } else if case .items(let items) = section {
                    csv = items.csv()
                } else {
                    continue
                }
                // Opened anew: the browser allows a page ten downloads, and does not count these clicks as a reader's.
                try browser.open(file, width: 1400, dark: true)
                let place = "section:nth-of-type(\(index + 1))"
                let saving = try browser.download("\(place) button[data-file$=csv]")
                #expect(saving.name.hasSuffix(".csv") && saving.name.count > 8)
                #expect(String(decoding: saving.data, as: UTF8.self) == csv, "section \(index + 1)")
                saved += 1
                guard let figure = section.figure, !(figure is AttentionOverlay) else { continue }
                let drawing = try browser.download("\(place) button[data-file$=svg]")
                #expect(String(decoding: drawing.data, as: UTF8.self) == figure.svg())
            }
            #expect(saved == 11)
            #expect(browser.complaints == [])
            #expect(Set(requests(browser)) == [file.absoluteString])
        }
    }

    @Test(.timeLimit(.minutes(4))) func drawingsAreWellFormedAndSelfContained() throws {
        try Self.withReport { browser, file in
            for figure in try SampleReport.report().sections.compactMap(\.figure) {
                let drawing = file.deletingPathExtension().appendingPathExtension("svg")
                defer { try? FileManager.default.removeItem(at: drawing) }
                try Data(figure.svg().utf8).write(to: drawing)
                try browser.open(drawing, width: 800)
                // A parser that meets bad XML puts its complaint into the document.
                #expect(try browser.evaluate("document.querySelector('parsererror') === null") as? Bool == true)
                #expect(try browser.evaluate("document.documentElement.tagName") as? String == "svg")
                #expect(
                    try browser.evaluate("document.querySelector('title').textContent") as? String == figure.title)
            }
            #expect(requests(browser).allSatisfy { $0.hasSuffix(".svg") })
        }
    }
}
