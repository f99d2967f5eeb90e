import Foundation
import Images
import Testing

/// The built command, run as a user runs it.
enum Command {
    /// What a run left behind.
    struct Outcome {
        let status: Int32
        let output: String
        let errors: String

        /// Standard output as a JSON object.
        func json() throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any])
        }

        /// The one sentence of a failure: a single line that begins with `Error: `.
        var sentence: String? {
            let lines = errors.split(separator: "\n")
            guard lines.count == 1, let line = lines.first, line.hasPrefix("Error: ") else { return nil }
            return String(line.dropFirst("Error: ".count))
        }
    }

    /// The folder of the package.
    static let package = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    static let checkpoint = package.appendingPathComponent("Checkpoints/microworld")
    static let fixtures = package.appendingPathComponent("Tests/Fixtures")

    /// The command lies beside the test bundle.
    private static let executable = URL(fileURLWithPath: CommandLine.arguments[0])
        .deletingLastPathComponent().appendingPathComponent("avar")

    static func run(_ arguments: String..., in folder: URL = package) throws -> Outcome {
        try run(arguments, in: folder)
    }

    /// Runs the command with variables beside those of this process, and calls `meanwhile` once it runs.
    static func run(
        _ arguments: [String], in folder: URL = package, environment: [String: String] = [:],
        meanwhile: (Process) throws -> Void = { _ in }
    ) throws -> Outcome {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.currentDirectoryURL = folder
        // Tests run side by side, and threads that wait for each other by spinning would take their time from all others.
        process.environment = ProcessInfo.processInfo.environment.merging(["OMP_NUM_THREADS": "1"]) { own, _ in own }
            .merging(environment) { $1 }
        // Both streams go to files: a full pipe would stop the command.
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("avar-run-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: place) }
        let (out, err) = (place.appendingPathComponent("out"), place.appendingPathComponent("err"))
        for file in [out, err] { try Data().write(to: file) }
        process.standardOutput = try FileHandle(forWritingTo: out)
        process.standardError = try FileHandle(forWritingTo: err)
        try process.run()
        do {
            try meanwhile(process)
        } catch {
            process.terminate()
            throw error
        }
        process.waitUntilExit()
        return Outcome(
            status: process.terminationStatus, output: try String(contentsOf: out, encoding: .utf8),
            errors: try String(contentsOf: err, encoding: .utf8))
    }
}

/// A folder of its own that is removed at the end.
func withTemporaryFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("avar-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder)
}

/// Pictures drawn for these tests, as easy-VQA has them: one shape of one colour on a plain ground.
enum Drawing {
    /// A red rectangle, as PNG.
    static func redRectangle() throws -> Data { try rectangle(red: 255, green: 0, blue: 0) }
    /// A blue rectangle, as PNG.
    static func blueRectangle() throws -> Data { try rectangle(red: 0, green: 0, blue: 255) }

    private static func rectangle(red: UInt8, green: UInt8, blue: UInt8) throws -> Data {
        var pixels: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<64 {
                let inside = (18..<46).contains(x) && (22..<40).contains(y)
                pixels += inside ? [red, green, blue] : [238, 238, 240]
            }
        }
        return try RGBImage(width: 64, height: 64, pixels: pixels).encodedPNG()
    }
}
