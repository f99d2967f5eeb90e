/// A figure that is drawn once for each size.
protocol Drawing: Figure {
    /// What the drawing shows, in words, for a reader who cannot see it.
    var summary: String { get }
    /// Draws the figure and sets the canvas's height; the heading is not part of it.
    func draw(on canvas: inout Canvas)
}

extension Drawing {
    /// The drawing as an SVG document.
    public func svg() -> String { svgDocument(prefix: "figure") { draw(on: &$0) } }

    /// The drawing for a page, in one size.
    func inlineSVG(size: Canvas.Size, prefix: String) -> String {
        var canvas = Canvas(size: size, prefix: prefix + size.rawValue.prefix(1))
        draw(on: &canvas)
        let (width, height) = (NumberText.coordinate(canvas.width), NumberText.coordinate(canvas.height))
        return """
            <svg class="chart \(size.rawValue)" viewBox="0 0 \(width) \(height)" role="img" \
            aria-labelledby="\(canvas.prefix)-title \(canvas.prefix)-desc">\(names(canvas))\(canvas.content)</svg>
            """
    }
}

extension Figure where Self: Drawing {
    fileprivate func names(_ canvas: Canvas) -> String {
        """
        <title id="\(canvas.prefix)-title">\(Escaping.markup(title))</title>\
        <desc id="\(canvas.prefix)-desc">\(Escaping.markup(summary))</desc>
        """
    }

    /// A whole document: the drawing under its heading.
    func svgDocument(prefix: String, _ body: (inout Canvas) -> Void) -> String {
        var canvas = Canvas(size: .wide, prefix: prefix)
        body(&canvas)
        let heading = 34.0
        let (width, height) = (
            NumberText.coordinate(canvas.width), NumberText.coordinate(canvas.height + heading)
        )
        let shown = TextWidth.fitting(title, within: canvas.width - 24, size: 16)
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <svg xmlns="http://www.w3.org/2000/svg" class="chart" width="\(width)" height="\(height)" \
            viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="\(prefix)-title \(prefix)-desc">\
            \(names(canvas))<style>\(Style.chart(.light))</style>\
            <rect width="100%" height="100%" class="ground"/>\
            <text x="12" y="24" class="heading">\(Escaping.markup(shown))</text>\
            <g transform="translate(0 \(NumberText.coordinate(heading)))">\(canvas.content)</g></svg>

            """
    }
}
