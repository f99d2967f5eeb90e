import Foundation
import TensorBoard
import Training

/// The TensorBoard events of a training, in the folder `tensorboard` of its own.
struct TrainingEvents {
    private let file: EventFile

    /// Opens the events of a training.
    /// - Parameters:
    ///   - folder: of the training.
    ///   - configuration: its settings, which are shown as a text.
    ///   - step: where it goes on.
    /// - Throws: what the file system refuses.
    init(_ folder: URL, configuration: String, resumingAt step: Int) throws {
        let board = folder.appendingPathComponent("tensorboard", isDirectory: true)
        try Files.makeFolder(board)
        // One that was killed before its first state begins anew in the same folder, and has said this.
        let isNew = try FileManager.default.contentsOfDirectory(atPath: board.path).isEmpty
        file = try EventFile(folder: board, resumingAt: step)
        if isNew { try file.append([.preformatted("configuration", configuration)], step: 0) }
    }

    /// Adds the numbers of a line of the log.
    func append(_ entry: TrainingLoop.LogEntry) throws {
        try file.append(entry.scalars.map { .scalar($0, $1) }, step: entry.step)
    }
}
