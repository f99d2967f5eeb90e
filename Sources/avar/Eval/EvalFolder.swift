import Foundation

/// Where a run is kept: the folder of --output, or one that is removed at the end.
struct EvalFolder {
    let url: URL
    private let isTemporary: Bool

    init(_ path: String?) throws {
        isTemporary = path == nil
        url =
            path.map { URL(fileURLWithPath: $0, isDirectory: true) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent(
                "avar-eval-\(UUID().uuidString)", isDirectory: true)
    }

    func remove() { if isTemporary { try? FileManager.default.removeItem(at: url) } }
}
