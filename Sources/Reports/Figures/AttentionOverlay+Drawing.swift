/// The overlay without a page: pictures under the weights of one token, or the mean of all.
extension AttentionOverlay {
    /// The first map's mean over tokens, over the pictures.
    public func svg() -> String { svg(token: nil) }

    /// One map over the pictures.
    /// - Parameters:
    ///   - token: whose weights are shown, nil for the mean over tokens.
    ///   - map: which of ``mapNames``.
    ///   - opacity: of the weights' colours, in 0...1.
    /// - Returns: the drawing as an SVG document that holds the pictures.
    public func svg(token: Int?, map: Int = 0, opacity: Double = 0.6) -> String {
        let subject = token.map { "token \($0) “\(tokens[$0].text)”" } ?? "mean over \(tokens.count) tokens"
        let subtitle = "\(subject), \(mapNames[map])"
        return OverlayDrawing(
            overlay: self, subtitle: subtitle, weights: weights(token: token, map: map), opacity: opacity
        )
        .svg()
    }
}

private struct OverlayDrawing: Drawing {
    let overlay: AttentionOverlay
    let subtitle: String
    let weights: [Double?]
    let opacity: Double

    var title: String { overlay.title }
    var caption: String { overlay.caption }
    var summary: String { "Attention to \(overlay.pictures.count) pictures: \(subtitle)." }
    func csv() -> String { overlay.csv() }

    func draw(on canvas: inout Canvas) {
        let gap = 12.0
        let width = min(420, (canvas.width - 24 - gap) / (overlay.pictures.count > 1 ? 2 : 1))
        canvas.text(TextWidth.fitting(subtitle, within: canvas.width - 24), 12, 8, "class=\"tick\"")
        let defined = weights.compactMap { $0 }
        let (low, high) = (defined.min() ?? 0, defined.max() ?? 0)
        var (place, top, tallest) = (0, 20.0, 0.0)
        for (index, picture) in overlay.pictures.enumerated() {
            if index > 0, index % 2 == 0 { (top, tallest) = (top + tallest + gap, 0) }
            let left = 12 + Double(index % 2) * (width + gap)
            let height = width * Double(picture.height) / Double(picture.width)
            let frame = [left, top, width, height].map(NumberText.coordinate)
            canvas.raw(
                """
                <image x="\(frame[0])" y="\(frame[1])" width="\(frame[2])" height="\(frame[3])" \
                preserveAspectRatio="none" href="\(picture.address)"/><g opacity="\(NumberText.exact(opacity))">
                """)
            let (across, down) = (width / Double(picture.columns), height / Double(picture.rows))
            for cell in 0..<picture.rows * picture.columns {
                if let weight = weights[place + cell] {
                    let share = high > low ? (weight - low) / (high - low) : 0
                    canvas.rectangle(
                        left + Double(cell % picture.columns) * across, top + Double(cell / picture.columns) * down,
                        across,
                        down, "fill=\"\(Palette.overlay.code(at: share))\" shape-rendering=\"crispEdges\"")
                }
            }
            canvas.raw("</g>")
            place += picture.rows * picture.columns
            tallest = max(tallest, height)
        }
        drawColourBar(low: low, high: high, top: top + tallest + 14, on: &canvas)
    }

    private func drawColourBar(low: Double, high: Double, top: Double, on canvas: inout Canvas) {
        canvas.colourBar(.overlay, x: 12, y: top, width: 256, height: 12)
        canvas.text(NumberText.short(low), 12, top + 27, "class=\"tick\"")
        canvas.text(NumberText.short(high), 268, top + 27, "class=\"tick\" text-anchor=\"end\"")
        canvas.text("attention weight per visual token", 282, top + 11, "class=\"tick\"")
        canvas.height = top + 40
    }
}
