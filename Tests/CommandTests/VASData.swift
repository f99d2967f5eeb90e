import Foundation

/// Data files about drawings, and what `avar vas` makes of them.
struct VASData {
    let folder: URL

    /// A folder with a red and a blue rectangle.
    init(_ folder: URL) throws {
        self.folder = folder
        try Drawing.redRectangle().write(to: folder.appendingPathComponent("red.png"))
        try Drawing.blueRectangle().write(to: folder.appendingPathComponent("blue.png"))
    }

    /// Writes the data file.
    @discardableResult
    func write(_ text: String, name: String = "data.jsonl") throws -> URL {
        let url = folder.appendingPathComponent(name)
        try Data(text.utf8).write(to: url)
        return url
    }

    /// Questions of different length about both pictures.
    static func questions(_ count: Int) -> String {
        (0..<count).map { index in
            let words = Array(repeating: "really", count: index % 7).joined(separator: " ")
            let colour = index % 2 == 0 ? "red" : "blue"
            return
                #"{"id": "q\#(index)", "problem": "is this \#(words) a \#(colour) shape?", "images": ["\#(colour).png"], "#
                + #""answer": "yes"}"# + "\n"
        }.joined()
    }

    func run(
        _ arguments: String..., data: String = "data.jsonl", model: URL = Command.checkpoint,
        meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Command.Outcome {
        try Command.run(
            ["vas", "--model", model.path, "--data", data] + arguments, in: folder, meanwhile: meanwhile)
    }

    func file(_ path: String) throws -> Data { try Data(contentsOf: folder.appendingPathComponent(path)) }

    /// The lines of OUTPUT/samples.jsonl.
    func samples(_ output: String = "out") throws -> [[String: Any]] {
        try file("\(output)/samples.jsonl").split(separator: UInt8(ascii: "\n")).map { line in
            try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
        }
    }

    /// Whole lines in OUTPUT/samples.jsonl, 0 if there is none.
    func lineCount(_ output: String = "out") -> Int {
        (try? file("\(output)/samples.jsonl").count { $0 == UInt8(ascii: "\n") }) ?? 0
    }
}

extension Command.Outcome {
    /// The last line of standard error, if it tells of a failure.
    var failure: String? {
        guard let line = errors.split(separator: "\n").last, line.hasPrefix("Error: ") else { return nil }
        return String(line.dropFirst("Error: ".count))
    }
}

/// A folder with drawings that is removed at the end.
func withVASData<Result>(_ body: (VASData) throws -> Result) throws -> Result {
    try withTemporaryFolder { try body(VASData($0)) }
}
