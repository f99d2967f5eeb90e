import Foundation
import Reports
import Testing

/// Items as they lie in the page.
@Suite struct ItemTests {
    private func page(_ browser: ItemBrowser) -> String { Report(title: "t", sections: [.items(browser)]).html() }

    private func count(_ text: String, in page: String) -> Int { page.components(separatedBy: text).count - 1 }

    @Test func sharedPicturesAreInThePageOnce() throws {
        let browser = try SampleItems.browser()
        let page = page(browser)
        for (index, picture) in browser.pictures.enumerated() {
            #expect(browser.items.count { $0.pictures.contains(index) } > 3)
            #expect(count(picture.data.base64EncodedString(), in: page) == 1)
        }
        // None is an element before the script makes it one.
        #expect(count("<img", in: page) == 0 && count("data:image", in: page) == 0)
    }

    @Test func sameItemsSameBytes() throws {
        #expect(try page(SampleItems.browser()) == page(SampleItems.browser()))
    }

    @Test func withoutAScriptASentenceSaysSo() throws {
        let page = try page(SampleItems.browser())
        #expect(count("<noscript><p class=\"warning\">The items need JavaScript", in: page) == 1)
    }

    /// Every script element of data holds JSON that reads back to what was given, whatever it was.
    @Test func textsReadBackLetterByLetter() throws {
        let page = try page(SampleItems.browser())
        #expect(!page.contains("\u{0}") && !page.contains("\u{2028}") && count("<!--", in: page) == 0)
        #expect(count("</script", in: page) == count("<script", in: page))
        let start = try #require(page.range(of: "id=\"s1-items-item-4\">"))
        let end = try #require(page[start.upperBound...].range(of: "</script>"))
        let json = Data(page[start.upperBound..<end.lowerBound].utf8)
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        #expect(object["title"] as? String == SampleItems.evil)
        let texts = try #require(object["texts"] as? [[Any]])
        #expect(texts.count == 6 && texts[2][0] as? Int == 2 && texts[2][1] as? String == SampleItems.evil)
    }

    @Test func exportHasALinePerItemAndAColumnPerName() throws {
        let browser = try ItemBrowser(
            title: "", facets: [.init("a,b")],
            items: [
                .init(title: "one", labels: ["right", "cut"], facets: ["x"], texts: [.init("Q", "two\nlines")]),
                .init(title: "two", facets: [""], texts: [.init("A", "say \"hi\""), .init("Q", "1"), .init("Q", "2")]),
            ])
        #expect(
            browser.csv() == """
                item,title,labels,"a,b",Q,A
                1,one,right; cut,x,"two\nlines",
                2,two,,,"1\n2","say ""hi\"""

                """)
    }

    @Test func whatDoesNotFitIsRefused() {
        let picture = ItemBrowser.Picture(mediaType: "image/webp", data: Data([1]), width: 1, height: 1)
        func expect(
            _ error: ReportError, facets: [ItemBrowser.Facet] = [], pictures: [ItemBrowser.Picture] = [],
            _ item: ItemBrowser.Item, sourceLocation: SourceLocation = #_sourceLocation
        ) {
            #expect(throws: error, sourceLocation: sourceLocation) {
                try ItemBrowser(title: "", facets: facets, pictures: pictures, items: [item])
            }
        }
        let plain = ItemBrowser.Item(title: "q", texts: [])
        expect(.count(what: "The facets of 'q'", expected: 1, got: 0), facets: [.init("a")], plain)
        expect(.facetTwice(name: "a"), facets: [.init("a"), .init("a")], plain)
        expect(
            .facetValue(facet: "a", value: "z", item: "q"), facets: [.init("a", values: ["x"])],
            .init(title: "q", facets: ["z"], texts: []))
        for index in [1, -1] {
            expect(
                .noPicture(item: "q", index: index, count: 1), pictures: [picture],
                .init(title: "q", pictures: [0, index], texts: []))
        }
        expect(
            .mediaType(picture: 0, mediaType: "text/html"),
            pictures: [.init(mediaType: "text/html", data: Data(), width: 1, height: 1)], plain)
        expect(
            .empty(what: "The height of picture 0"),
            pictures: [.init(mediaType: "image/png", data: Data(), width: 1, height: 0)], plain)
    }

    @Test func errorsSayWhatToDo() {
        let sentences: [(ReportError, String)] = [
            (
                .mediaType(picture: 3, mediaType: "image/tiff"),
                "Picture 3 is said to be 'image/tiff'; a report shows image/png, image/jpeg, image/webp and image/gif."
            ),
            (
                .noPicture(item: "q", index: 7, count: 5),
                "The item 'q' refers to picture 7, and there are 5, counted from 0."
            ),
            (
                .facetTwice(name: "a"),
                "Two facets are called 'a'; a link to a filtered view needs names that differ."
            ),
            (
                .facetValue(facet: "a", value: "z", item: "q"),
                "The item 'q' has 'z' for the facet 'a', whose list of values does not hold it; add it there."
            ),
        ]
        for (error, sentence) in sentences { #expect(error.localizedDescription == sentence) }
    }
}
