/// How pages and drawings look.
enum Style {
    /// On a light ground, as on paper, or on a dark one.
    enum Theme {
        case light
        case dark
    }

    static let seriesCount = 6
    static let areaCount = 6
    static let bandCount = 3

    /// Curves and points: each differs from the others in lightness too.
    private static func series(_ theme: Theme) -> [String] {
        switch theme {
        case .light: ["#16356b", "#c9571a", "#1f8f80", "#8a3d94", "#a97a00", "#5c6670"]
        case .dark: ["#8ab4ff", "#ff9e64", "#4fd0bd", "#d9a0e3", "#e7c35a", "#b3bdc8"]
        }
    }

    /// Areas: dark beside light, whatever the theme, so that neighbours part without colour.
    private static let areas: [(fill: String, ink: String)] = [
        ("#24446b", "#ffffff"), ("#b9c6d3", "#14181d"), ("#e07b39", "#14181d"), ("#f4dfb3", "#14181d"),
        ("#2f6f62", "#ffffff"), ("#8d7aa8", "#14181d"),
    ]

    private struct Inks {
        let ground, text, muted, grid, axis, empty, hatch: String
        let bands: [String]
    }

    private static func inks(_ theme: Theme) -> Inks {
        switch theme {
        case .light:
            Inks(
                ground: "#ffffff", text: "#1b1f24", muted: "#4d5761", grid: "#e1e5ea", axis: "#7d8791",
                empty: "#f2f4f6", hatch: "#98a2ad", bands: ["#eef1f5", "#dde4ec", "#cad5e2"])
        case .dark:
            Inks(
                ground: "#161a20", text: "#e6e9ee", muted: "#a5afba", grid: "#2b323b", axis: "#76818d",
                empty: "#20262e", hatch: "#66717d", bands: ["#1b2129", "#232b36", "#2d3846"])
        }
    }

    /// The rules of drawings.
    ///
    /// No variables: programs that turn SVG into PDF do not know them.
    static func chart(_ theme: Theme) -> String {
        let inks = inks(theme)
        var rules = """
            .chart{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
            .chart text{fill:\(inks.text)}.chart .heading{font-size:16px;font-weight:600}
            .chart .tick{font-size:11px;fill:\(inks.muted)}.chart .name{fill:\(inks.text)}
            .chart .ground{fill:\(inks.ground)}.chart .grid{stroke:\(inks.grid)}.chart .axis{stroke:\(inks.axis)}
            .chart .cell{stroke:\(inks.ground);stroke-width:.6}.chart .empty{fill:\(inks.empty)}
            .chart .hatch{stroke:\(inks.hatch);fill:none}
            .chart .onlight{fill:#14181d}.chart .ondark{fill:#ffffff}
            .chart .area{stroke:\(inks.ground);stroke-width:.8}
            .chart .direct{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
            .chart .p1,.chart .p2,.chart .p3,.chart .p5{fill:none;stroke:#14181d;stroke-opacity:.28}
            .chart .p3{stroke-width:2;stroke-linecap:round;stroke-dasharray:.01 8}
            .chart .p4{fill:none;stroke:#ffffff;stroke-opacity:.4}
            .chart .curve{fill:none;stroke-width:2;stroke-linejoin:round}
            .chart .interval{fill:none;stroke-width:1.2;opacity:.75}
            .chart .mark{stroke:\(inks.ground);stroke-width:1}.chart .tip{fill:transparent}
            .chart .fit{fill:none;stroke:\(inks.text);stroke-width:1.5;stroke-dasharray:6 4}
            .chart .leader{stroke:\(inks.axis);stroke-width:.8}

            """
        for (index, colour) in series(theme).enumerated() {
            rules += ".chart .s\(index){fill:\(colour)}.chart .c\(index){stroke:\(colour)}\n"
        }
        for (index, area) in areas.enumerated() {
            rules += ".chart .a\(index){fill:\(area.fill)}"
            rules += ".chart .d\(index){fill:\(area.ink);stroke:\(area.fill)}\n"
        }
        for (index, colour) in inks.bands.enumerated() { rules += ".chart .b\(index){fill:\(colour)}" }
        return rules + "\n"
    }

    /// The rules of a page: light and, on screens that ask for it, dark; paper is always light.
    static var page: String {
        """
        :root{color-scheme:light dark;\(variables(.light))}
        \(chart(.light))@media screen and (prefers-color-scheme:dark){:root{\(variables(.dark))}
        \(chart(.dark))}
        \(layout)
        \(items)
        """
    }

    private static func variables(_ theme: Theme) -> String {
        let inks = inks(theme)
        let (page, warning, tint, accent) =
            theme == .light
            ? ("#f5f6f8", "#fff4d6", "201,87,26", "#16356b") : ("#0e1116", "#3a2f12", "255,158,100", "#8ab4ff")
        let (good, bad) = theme == .light ? ("#1f8f80", "#c9571a") : ("#4fd0bd", "#ff9e64")
        return "--page:\(page);--ground:\(inks.ground);--text:\(inks.text);--muted:\(inks.muted);"
            + "--grid:\(inks.grid);--axis:\(inks.axis);--warning:\(warning);--tint:\(tint);--accent:\(accent);"
            + "--good:\(good);--bad:\(bad)"
    }

    private static var layout: String {
        let bar = Palette.overlay.anchorCodes.joined(separator: ",")
        let tints = (0...8).map { ".t\($0){background:rgba(var(--tint),\(NumberText.exact(Double($0 * 5) / 100)))}" }
        return """
            *{box-sizing:border-box}
            body{margin:0;background:var(--page);color:var(--text);line-height:1.5;overflow-wrap:break-word;
             font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"DejaVu Sans",sans-serif}
            main{max-width:1040px;margin:0 auto;padding:32px 24px 64px}
            h1{font-size:1.7rem;line-height:1.25;margin:0}.subtitle{color:var(--muted);margin:6px 0 0}
            section{background:var(--ground);border:1px solid var(--grid);border-radius:8px;padding:18px 22px;margin-top:20px}
            .head{display:flex;gap:8px;align-items:baseline;margin-bottom:12px}
            h2{font-size:1.1rem;line-height:1.35;margin:0;flex:1;min-width:0}
            button{font:inherit;font-size:.8rem;color:var(--text);background:none;border:1px solid var(--axis);
             border-radius:5px;padding:1px 9px;cursor:pointer}
            button:hover{border-color:var(--accent);color:var(--accent)}
            :focus-visible{outline:2px solid var(--accent);outline-offset:1px}
            .caption{color:var(--muted);font-size:.875rem;margin:10px 0 0;max-width:76ch}
            .warning{background:var(--warning);border-radius:5px;padding:8px 12px;margin:0 0 10px}
            .scroll{overflow-x:auto}
            details summary{cursor:pointer;width:max-content}
            pre{font:.8rem/1.5 ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;margin:12px 0 0;overflow-x:auto}
            table{border-collapse:collapse;font-size:.9rem}
            th,td{text-align:left;vertical-align:baseline;padding:5px 18px 5px 0;border-bottom:1px solid var(--grid)}
            th{font-weight:600}thead th{border-bottom-color:var(--axis);white-space:nowrap}
            .number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
            .facts{width:100%}.facts th{white-space:nowrap}.facts td:nth-child(2){font-variant-numeric:tabular-nums}
            .facts td:last-child{color:var(--muted);width:50%}
            svg.chart{display:block;width:100%;height:auto;margin:0 auto}
            svg.wide{max-width:760px;overflow:visible}svg.narrow{max-width:440px;display:none}
            .controls{display:flex;flex-wrap:wrap;gap:8px 18px;font-size:.875rem;margin-bottom:12px;align-items:center}
            .controls label{display:flex;gap:6px;align-items:center;min-width:0;max-width:100%}
            select{font:inherit;min-width:0;max-width:100%;color:inherit;background:var(--ground);
             border:1px solid var(--axis);border-radius:4px;padding:2px 4px}
            .opacity{width:110px}
            .split{display:grid;grid-template-columns:minmax(0,11fr) minmax(0,10fr);gap:22px;align-items:start}
            .looks{position:sticky;top:8px}
            .frame{position:relative;aspect-ratio:var(--ratio);width:min(100%,calc(64vh*var(--ratio)));margin:0 auto 8px}
            .many .frame{width:min(100%,calc(34vh*var(--ratio)))}
            .frame img{display:block;width:100%;height:100%}
            .frame canvas{position:absolute;inset:0;width:100%;height:100%;image-rendering:pixelated}
            .scale{display:grid;grid-template-columns:auto 1fr auto;gap:2px 10px;font-size:.8rem;color:var(--muted);
             font-variant-numeric:tabular-nums}
            .bar{grid-column:1/4;height:10px;border-radius:2px;background:linear-gradient(90deg,\(bar))}
            .scale .unit{text-align:center}
            .readout{font-size:.875rem;margin:8px 0 0;min-height:3em}
            .hint{font-size:.8rem;color:var(--muted);margin:0 0 8px}
            .tokens{max-height:70vh;overflow-y:auto;line-height:1.95;padding:2px}
            .chip{white-space:pre-wrap;border:1px solid var(--grid);border-radius:3px;padding:1px 2px;margin:0 1px 0 0;
             cursor:pointer;box-decoration-break:clone;-webkit-box-decoration-break:clone}
            .chip:hover,.chip.shown{border-color:var(--accent);box-shadow:0 0 0 1px var(--accent)}
            .chip[aria-selected=true]{box-shadow:0 0 0 2px var(--accent)}
            .space{color:var(--muted);font-size:.85em}
            \(tints.joined())
            @media screen and (max-width:640px){main{padding:18px 10px 40px}section{padding:14px 12px}
             svg.wide{display:none}svg.narrow{display:block}.split{grid-template-columns:minmax(0,1fr);gap:12px}
             .looks{top:0;padding:6px 0;background:var(--ground);z-index:1}.many .looks{position:static}
             .frame{width:min(100%,calc(36vh*var(--ratio)))}.tokens{max-height:44vh}.readout{margin-top:4px}.facts td:last-child{width:auto}th,td{padding-right:12px}
             .facts,.facts tbody,.facts tr,.facts th,.facts td{display:block;border:0;padding:0;width:auto}
             .facts tr{padding:6px 0;border-bottom:1px solid var(--grid)}.facts td:last-child{font-size:.85rem}}
            @media print{@page{margin:14mm}body{background:none;font-size:10.5pt}main{padding:0;max-width:none}
             section{border:0;padding:0;margin-top:18pt}section.figure{break-inside:avoid}button,.controls,.hint{display:none}
             svg.wide{display:block;max-width:100%}svg.narrow{display:none}.tokens{max-height:none;overflow:visible}
             .head{break-after:avoid}tr{break-inside:avoid}.scroll{overflow:visible}.looks{position:static}
             pre{white-space:pre-wrap;overflow:visible}
             .frame{width:min(100%,calc(90mm*var(--ratio)))}.many .frame{width:min(100%,calc(55mm*var(--ratio)))}
             *{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
            """
    }
}
