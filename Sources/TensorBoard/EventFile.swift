import Foundation

/// A file of numbers and texts over the steps of a training, which TensorBoard shows while it grows.
///
/// Every call of ``append(_:step:at:)`` is one record, written by one call of the system: a process that is killed leaves whole
/// records, and at most one that is not. Used from one thread.
public final class EventFile {
    /// Something about a step.
    public enum Value: Sendable, Equatable {
        /// A number, kept as float32. Tags with a slash are grouped by what stands before it.
        case scalar(_ tag: String, _ value: Double)
        /// A text in Markdown.
        case text(_ tag: String, markdown: String)

        /// A text that is shown letter by letter, such as the settings of a training.
        /// - Parameters:
        ///   - tag: its name.
        ///   - text: lines of any kind.
        /// - Returns: the text as a block of code.
        public static func preformatted(_ tag: String, _ text: String) -> Value {
            // Indented, since no line can end such a block, whatever it says.
            let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
            return .text(tag, markdown: lines.map { "    " + $0 }.joined(separator: "\n"))
        }
    }

    /// Where the file lies; its name begins with `events.out.tfevents.`.
    public let url: URL
    private let descriptor: Int32
    private var end = 0

    /// A new file in a folder, which TensorBoard reads after those that are there.
    ///
    /// To go on with a training, all event files of the folder are first cut back to the steps that are not made again; damaged
    /// tails, which a killed process leaves, go too. A TensorBoard that is running and has read what is cut hears of it by an
    /// entry at the beginning of the new file.
    /// - Parameters:
    ///   - folder: where the file is made; it must be there.
    ///   - step: steps made in the state that is gone on from, 0 for a training that begins anew in a folder with events;
    ///     nil leaves other files alone.
    /// - Throws: ``EventFileError/file(path:problem:)``.
    public init(folder: URL, resumingAt step: Int? = nil) throws {
        if let step { try EventFolder.cut(folder, to: step) }
        let time = Date().timeIntervalSince1970
        (url, descriptor) = try EventFolder.makeFile(in: folder, time: time)
        let start = step.map { $0 + 1 } ?? 0
        try write(Event(time: time, step: 0, .version).record + Event(time: time, step: start, .start).record)
    }

    deinit { close(descriptor) }

    /// Adds what is known about a step, as one record.
    ///
    /// A tag should come once a step, and steps should not fall.
    /// - Parameters:
    ///   - values: numbers and texts, each of another tag; none is no record.
    ///   - step: steps made.
    ///   - time: when.
    /// - Throws: ``EventFileError/file(path:problem:)``, after which the file is as before and can be added to.
    public func append(_ values: [Value], step: Int, at time: Date = Date()) throws {
        guard !values.isEmpty else { return }
        try write(Event(time: time.timeIntervalSince1970, step: step, .values(values)).record)
    }

    private func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(end + written))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let failure = EventFileError.failure(url, "written")
                // What is there of the record is of no use.
                ftruncate(descriptor, off_t(end))
                throw failure
            }
            written += count
        }
        end += written
    }
}
