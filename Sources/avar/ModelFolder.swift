import ArgumentParser
import Dispatch
import Foundation
import Hub
import Synchronization

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
                let folder = try wait { try await client.folder(of: model) }
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

    /// Waits for asynchronous work, which Ctrl-C cancels.
    ///
    /// Commands are synchronous, because the state of tensor work belongs to a thread. This blocks the main thread, which
    /// runs no tasks, so the work never waits for it.
    private static func wait<Value: Sendable>(for body: @escaping @Sendable () async throws -> Value) throws -> Value {
        let box = Box<Result<Value, any Error>>()
        let isDone = DispatchSemaphore(value: 0)
        let task = Task {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            box.content.withLock { $0 = result }
            isDone.signal()
        }
        let handler = signal(SIGINT, SIG_IGN)
        let interrupts = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        interrupts.setEventHandler { task.cancel() }
        interrupts.resume()
        defer {
            interrupts.cancel()
            signal(SIGINT, handler)
        }
        isDone.wait()
        guard let result = box.content.withLock({ $0 }) else { throw CancellationError() }
        return try result.get()
    }

    /// What a task leaves for the thread that waits for it.
    private final class Box<Content: Sendable>: Sendable {
        let content = Mutex<Content?>(nil)
    }
}
