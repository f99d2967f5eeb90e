import Foundation
import Reports
import Testing

/// The overlay's numbers and what it refuses.
@Suite struct OverlayTests {
    private static let png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])

    private func picture(rows: Int = 1, columns: Int = 2, data: Data = png) -> AttentionOverlay.Picture {
        .init(name: "p.png", data: data, width: 10, height: 5, rows: rows, columns: columns)
    }

    private func weights(_ values: [Float]) throws -> [String] {
        let overlay = try AttentionOverlay(
            title: "t", pictures: [picture(columns: values.count)],
            tokens: [.init(text: "a", score: 2, maps: [[values]])])
        return overlay.csv().split(separator: "\n").dropFirst().map { line in
            String(line.split(separator: ",", omittingEmptySubsequences: false)[7])
        }
    }

    @Test func fourSignificantDigitsAreKept() throws {
        #expect(try weights([0.123456, 0.5, 1, 0.00099996, 0.99999]) == ["0.1235", "0.5", "1", "0.001", "1"])
        #expect(try weights([1e-6, 1.2344e-7, 9.9996e-7]) == ["0.000001", "1.234e-7", "0.000001"])
        #expect(try weights([0, .nan, -1, .infinity, 0.25]) == ["0", "", "", "", "0.25"])
        // Seven decades from the largest down; below that nothing can be seen.
        #expect(try weights([0.5, 5e-7, 5e-8]) == ["0.5", "5e-7", "0"])
        #expect(try weights([1e-30, 2e-31]) == ["1e-30", "2e-31"])
    }

    @Test func everyWeightIsWithinHalfADigit() throws {
        let values = (0..<4000).map { Float(pow(10, -6 * SampleReport.noise($0))) }
        for (value, text) in zip(values, try weights(values)) {
            let kept = try #require(Double(text))
            #expect(abs(kept - Double(value)) <= 0.5001e-3 * Double(value))
        }
    }

    @Test func rowsOfTheExportNameTheirPlace() throws {
        let overlay = try AttentionOverlay(
            title: "t", pictures: [picture(rows: 2, columns: 2), picture(rows: 1, columns: 1)],
            mapNames: ["mean", "l0,h1"],
            tokens: [.init(text: "a\n", score: nil, maps: [[[1, 2, 3, 4], [5]], [[6, 7, 8, 9], [10]]])])
        let lines = overlay.csv().components(separatedBy: "\n\",")
        #expect(lines.count == 11)
        #expect(lines[3] == ",mean,p.png,1,0,3\n0,\"a")
        #expect(lines[10] == ",\"l0,h1\",p.png,0,0,10\n")
    }

    @Test func gridsMustFitThePictures() {
        func failure(_ pictures: [AttentionOverlay.Picture], maps: [[[Float]]], names: [String] = ["m"]) -> ReportError?
        {
            do {
                _ = try AttentionOverlay(
                    title: "t", pictures: pictures, mapNames: names, tokens: [.init(text: "a", maps: maps)])
                return nil
            } catch { return error as? ReportError }
        }
        #expect(failure([picture()], maps: [[[1, 2]]]) == nil)
        #expect(
            failure([picture()], maps: [[[1, 2, 3]]])
                == .count(what: "The grid of token 0 over 'p.png'", expected: 2, got: 3))
        #expect(
            failure([picture()], maps: [[[1, 2], [1]]]) == .count(what: "The grids of token 0", expected: 1, got: 2))
        #expect(
            failure([picture()], maps: [[[1, 2]]], names: ["m", "n"])
                == .count(what: "The maps of token 0", expected: 2, got: 1))
        #expect(failure([picture(data: Data("RIFF".utf8))], maps: [[[1, 2]]]) == .pictureFormat(name: "p.png"))
        #expect(failure([picture(columns: 0)], maps: [[[]]]) == .empty(what: "The number of columns of 'p.png'"))
        #expect(failure([], maps: [[]]) == .empty(what: "The number of pictures"))
        #expect(ReportError.pictureFormat(name: "x").localizedDescription.contains("'x' is neither PNG nor JPEG"))
    }

    /// The drawing outside a page: one rectangle per cell over the picture, the brightest where the weight is largest.
    @Test func drawingOfOneToken() throws {
        let overlay = try SampleReport.overlay()
        let svg = overlay.svg(token: 2, map: 1)
        #expect(svg.contains("href=\"data:image/png;base64,") && svg.contains("token 2 “The”, layer 3, head 5"))
        // One cell of the sample is undefined.
        #expect(svg.components(separatedBy: "crispEdges").count - 1 == 63)
        #expect(svg.components(separatedBy: "#fcffa4\" shape-rendering").count - 1 == 1)
        #expect(overlay.svg() != svg)
    }

    @Test func aLongAnswerStaysSmall() throws {
        // 500 tokens over 1,000 cells are half a million weights.
        let grid = (0..<1000).map { Float(SampleReport.noise($0)) }
        let overlay = try AttentionOverlay(
            title: "t", pictures: [picture(rows: 25, columns: 40)],
            tokens: (0..<500).map { _ in .init(text: " word", score: 1, maps: [[grid]]) })
        #expect(Report(title: "t", sections: [.overlay(overlay)]).html().utf8.count < 1_500_000)
    }
}
