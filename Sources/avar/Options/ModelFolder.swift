import ArgumentParser
import Foundation
import Hub

/// Finds the folder of what `--model` names: a folder as it is, a name in the cache, or on the Hub.
enum ModelFolder {
    /// The folder of a checkpoint, downloaded if it has to be.
    static func find(_ text: String, revision: String?) throws -> URL {
        switch try ModelSource(text, revision: revision) {
        case .folder(let url):
            return url
        case .hub(let model):
            let report = DownloadReport(model)
            let client = try HubClient(HubSettings(), report: report.take)
            do {
                let folder = try AsyncWork.wait { try await client.folder(of: model) }
                report.finish(folder)
                return folder
            } catch is CancellationError {
                report.interrupt()
                Output.note("Stopped. The same command goes on where this one was.")
                throw ExitCode(130)
            } catch {
                report.interrupt()
                throw error
            }
        }
    }
}
