import Foundation

/// The event files of a folder.
enum EventFolder {
    private static let prefix = "events.out.tfevents."

    /// The files in the order in which TensorBoard reads them.
    private static func files(in folder: URL) throws -> [URL] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        } catch {
            throw EventFileError.file(path: folder.path, problem: "the folder cannot be read, or is not there")
        }
        return names.filter { $0.hasPrefix(prefix) }.sorted().map { folder.appendingPathComponent($0) }
    }

    /// Makes a file whose name comes after all others, whatever clock and process they were named by.
    /// - Parameters:
    ///   - folder: where it is made.
    ///   - time: the seconds in its name, unless others have later ones.
    /// - Returns: the file, and its descriptor.
    /// - Throws: ``EventFileError/file(path:problem:)``.
    static func makeFile(in folder: URL, time: Double) throws -> (URL, Int32) {
        let taken = try files(in: folder).compactMap { file in
            Int(file.lastPathComponent.dropFirst(prefix.count).prefix { $0 != "." })
        }
        let now = Int(time)
        let seconds = String(max(now, (taken.filter { $0 < .max }.max() ?? 0) + 1))
        var number = 0
        while true {
            let digits = String(repeating: "0", count: max(0, 10 - seconds.count)) + seconds
            let name = "\(prefix)\(digits).\(host).\(getpid()).\(number)"
            let url = folder.appendingPathComponent(name)
            let descriptor = open(url.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
            if descriptor >= 0 { return (url, descriptor) }
            guard errno == EEXIST else { throw EventFileError.failure(url, "made") }
            number += 1
        }
    }

    private static var host: String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "localhost" }
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.isEmpty ? "localhost" : text.replacingOccurrences(of: "/", with: "-")
    }

    /// Removes from all files what is about later steps, and what a killed process left half written.
    ///
    /// A file is rewritten beside its place, so that it is whole at any moment; one without a whole record is removed.
    /// - Parameters:
    ///   - folder: where the files are.
    ///   - step: the last step that is kept.
    /// - Throws: ``EventFileError/file(path:problem:)``.
    static func cut(_ folder: URL, to step: Int) throws {
        for file in try files(in: folder) {
            guard let bytes = try? Data(contentsOf: file) else { throw EventFileError.failure(file, "read") }
            let all = [UInt8](bytes)
            let kept = RecordFraming.records(in: all[...]).filter { record in
                Event.step(of: record.data).map { $0 <= step } ?? false
            }
            let rest = kept.flatMap { all[$0.place] }
            guard rest.count < all.count || rest.isEmpty else { continue }
            if rest.isEmpty {
                guard unlink(file.path) == 0 else { throw EventFileError.failure(file, "removed") }
            } else {
                do {
                    try Data(rest).write(to: file, options: .atomic)
                } catch {
                    throw EventFileError.failure(file, "cut back to step \(step)")
                }
            }
        }
    }
}
