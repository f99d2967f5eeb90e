import Foundation

/// Pictures under the attention that each token of an answer pays to them.
///
/// On a page the reader points at a token and sees its weights over the pictures; before that, the mean over tokens.
/// Weights are kept to four significant digits; those over a million times smaller than the largest of their map are 0.
public struct AttentionOverlay: Figure, Equatable {
    /// A picture and the grid of visual tokens that lies over it.
    public struct Picture: Sendable, Equatable {
        /// What it is called in the exported numbers.
        public var name: String
        /// The file: PNG or JPEG.
        public var data: Data
        /// Pixels across, as it is shown.
        public var width: Int
        /// Pixels down, as it is shown.
        public var height: Int
        /// Visual tokens down.
        public var rows: Int
        /// Visual tokens across.
        public var columns: Int

        /// A picture and its grid.
        /// - Parameters:
        ///   - name: what it is called in the exported numbers.
        ///   - data: the file, PNG or JPEG.
        ///   - width: pixels across.
        ///   - height: pixels down.
        ///   - rows: visual tokens down.
        ///   - columns: visual tokens across.
        public init(name: String, data: Data, width: Int, height: Int, rows: Int, columns: Int) {
            self.name = name
            self.data = data
            self.width = width
            self.height = height
            self.rows = rows
            self.columns = columns
        }

        /// PNG and JPEG by their first bytes.
        var mediaType: String? {
            if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) { return "image/png" }
            return data.starts(with: [0xFF, 0xD8, 0xFF]) ? "image/jpeg" : nil
        }

        /// The picture as an address that holds all of it.
        var address: String { "data:\(mediaType ?? "");base64,\(data.base64EncodedString())" }
    }

    /// A token and where it looked.
    public struct Token: Sendable, Equatable {
        /// The token's text, white space and all.
        public var text: String
        /// Its Visual Attention Score, nil if undefined.
        public var score: Double?
        /// Weights `[map][picture][row * columns + column]`, none of them negative.
        public var maps: [[[Float]]]

        /// A token and where it looked.
        /// - Parameters:
        ///   - text: the token's text, white space and all.
        ///   - score: its Visual Attention Score, nil if undefined.
        ///   - maps: weights `[map][picture][row * columns + column]`, one map per name, one grid per picture.
        public init(text: String, score: Double? = nil, maps: [[[Float]]]) {
            self.text = text
            self.score = score
            self.maps = maps
        }
    }

    /// What is shown, as a heading.
    public var title: String
    /// What a reader must know to read it.
    public var caption: String
    /// The pictures in the order of the prompt.
    public let pictures: [Picture]
    /// What the maps of every token are, such as "mean over layers and heads" or "layer 3, head 5".
    public let mapNames: [String]
    /// The tokens in their order.
    public let tokens: [Token]
    /// The weights as they are shown and exported, per token and map, the grids of all pictures one after another.
    let codes: [[WeightCodes]]

    /// Pictures under the attention of tokens.
    /// - Parameters:
    ///   - title: what is shown, as a heading.
    ///   - caption: what a reader must know to read it.
    ///   - pictures: at least one, in the order of the prompt.
    ///   - mapNames: what the maps of every token are, at least one.
    ///   - tokens: the tokens in their order.
    /// - Throws: ``ReportError`` if a picture is neither PNG nor JPEG, a size is not positive, or a token has other maps or
    ///   grids than the names and pictures ask for.
    public init(
        title: String, caption: String = "", pictures: [Picture], mapNames: [String] = ["mean over layers and heads"],
        tokens: [Token]
    ) throws {
        self.title = title
        self.caption = caption
        self.pictures = pictures
        self.mapNames = mapNames
        self.tokens = tokens
        try Self.check(pictures, mapNames, tokens)
        codes = tokens.map { token in token.maps.map { WeightCodes(Array($0.joined())) } }
    }

    private static func check(_ pictures: [Picture], _ mapNames: [String], _ tokens: [Token]) throws {
        if pictures.isEmpty { throw ReportError.empty(what: "The number of pictures") }
        if mapNames.isEmpty { throw ReportError.empty(what: "The number of maps") }
        for picture in pictures {
            guard picture.mediaType != nil else { throw ReportError.pictureFormat(name: picture.name) }
            for (size, what) in [
                (picture.width, "The width"), (picture.height, "The height"), (picture.rows, "The number of rows"),
                (picture.columns, "The number of columns"),
            ] where size < 1 {
                throw ReportError.empty(what: "\(what) of '\(picture.name)'")
            }
        }
        for (index, token) in tokens.enumerated() {
            guard token.maps.count == mapNames.count else {
                throw ReportError.count(
                    what: "The maps of token \(index)", expected: mapNames.count, got: token.maps.count)
            }
            for grids in token.maps {
                guard grids.count == pictures.count else {
                    throw ReportError.count(
                        what: "The grids of token \(index)", expected: pictures.count, got: grids.count)
                }
                for (grid, picture) in zip(grids, pictures) where grid.count != picture.rows * picture.columns {
                    throw ReportError.count(
                        what: "The grid of token \(index) over '\(picture.name)'",
                        expected: picture.rows * picture.columns, got: grid.count)
                }
            }
        }
    }

    /// One line per weight: token, text, vas, map, picture, row, column, weight.
    public func csv() -> String {
        var text = Escaping.csvLine(["token", "text", "vas", "map", "picture", "row", "column", "weight"])
        for (index, token) in tokens.enumerated() {
            let score = token.score.map(NumberText.exact) ?? ""
            for (map, name) in mapNames.enumerated() {
                var place = 0
                for picture in pictures {
                    let start = [index.description, token.text, score, name, picture.name].map(Escaping.csv)
                        .joined(separator: ",")
                    for cell in 0..<picture.rows * picture.columns {
                        let weight = codes[index][map].value(place).map(NumberText.exact) ?? ""
                        text += "\(start),\(cell / picture.columns),\(cell % picture.columns),\(weight)\n"
                        place += 1
                    }
                }
            }
        }
        return text
    }

    /// The weights of one map over all pictures: of a token, or their mean over the tokens that have one.
    func weights(token: Int?, map: Int) -> [Double?] {
        let cells = pictures.reduce(0) { $0 + $1.rows * $1.columns }
        if let token { return (0..<cells).map { codes[token][map].value($0) } }
        return (0..<cells).map { cell in
            let values = codes.compactMap { $0[map].value(cell) }
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
    }
}
