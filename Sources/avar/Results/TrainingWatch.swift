import Foundation
import TensorBoard
import Training

/// How a training is watched: its settings in `configuration.yaml`, its TensorBoard events, its warnings, and a line for each entry of the
/// log.
struct TrainingWatch {
    private let events: EventFile
    /// What a step is called.
    private let step: String
    private let json: Bool
    private var warned: Set<String> = []

    /// Begins to watch a training.
    /// - Parameters:
    ///   - folder: of the training.
    ///   - configuration: its settings, which TensorBoard shows as a text.
    ///   - start: where it goes on.
    ///   - step: what a step is called in warnings.
    ///   - json: true to print every entry as JSON.
    /// - Throws: what the file system refuses.
    init(_ folder: URL, configuration: String, resumingAt start: Int, step: String, json: Bool) throws {
        (self.step, self.json) = (step, json)
        try Files.write(Data(configuration.utf8), to: folder.appendingPathComponent("configuration.yaml"))
        let board = folder.appendingPathComponent("tensorboard", isDirectory: true)
        try Files.makeFolder(board)
        // One that was killed before its first state begins anew in the same folder, and has said this.
        let isNew = try FileManager.default.contentsOfDirectory(atPath: board.path).isEmpty
        events = try EventFile(folder: board, resumingAt: start)
        if isNew { try events.append([.preformatted("configuration", configuration)], step: 0) }
    }

    /// Takes a line of the log.
    /// - Parameters:
    ///   - entry: the line.
    ///   - warnings: what should make people look; each kind is said once.
    ///   - line: the line for people; nil to print none.
    /// - Throws: what the file system refuses.
    mutating func take(
        _ entry: TrainingLoop.LogEntry, warnings: [(kind: String, text: String)],
        line: ((TrainingLoop.LogEntry) -> String)?
    ) throws {
        try events.append(entry.scalars.map { .scalar($0, $1) }, step: entry.step)
        for warning in warnings where warned.insert(warning.kind).inserted {
            Output.note("\(step) \(entry.step): \(warning.text)")
        }
        if json { try Output.json(entry) } else if let line { Output.line(line(entry)) }
    }
}

extension TrainingLoop.LogEntry {
    /// The numbers as TensorBoard groups them.
    var scalars: [(tag: String, value: Double)] {
        var result = [
            ("training/loss", loss), ("training/learning_rate", learningRate), ("training/gradient_norm", gradientNorm),
        ]
        let metrics = metrics ?? [:]
        result += metrics.map { ("training/\($0.key)", $0.value) }
        if let tokens = metrics["input_tokens"] {
            result.append(("speed/tokens_per_second", tokens / max(seconds, 1e-9)))
        }
        if let liveTensors { result.append(("memory/live_tensors", Double(liveTensors))) }
        if let residentMebibytes { result.append(("memory/resident_mebibytes", residentMebibytes)) }
        result += (evaluation ?? [:]).map { ("evaluation/\($0.key)", $0.value) }
        return result.filter { $0.1.isFinite }.sorted { $0.0 < $1.0 }.map { (tag: $0.0, value: $0.1) }
    }
}
