import Foundation
import Requests

/// Finds models in the local cache, and brings those that are not there.
public struct HubClient: Sendable {
    private let settings: HubSettings
    private let policy: RetryPolicy
    private let lockInterval: Duration
    private let report: @Sendable (HubEvent) -> Void

    /// A client; nothing is read or asked for yet.
    /// - Parameters:
    ///   - settings: the cache and the server.
    ///   - report: told what happens in a download, from any thread, one event after the other.
    public init(_ settings: HubSettings, report: @escaping @Sendable (HubEvent) -> Void = { _ in }) {
        self.init(settings, policy: RetryPolicy(), report: report)
    }

    /// A client that is told its waits: `lockInterval` is how often it looks whether another process has let go of a file.
    package init(
        _ settings: HubSettings, policy: RetryPolicy, lockInterval: Duration = .milliseconds(200),
        report: @escaping @Sendable (HubEvent) -> Void = { _ in }
    ) {
        (self.settings, self.policy, self.lockInterval, self.report) = (settings, policy, lockInterval, report)
    }

    /// The folder of a model's files: configuration, tokenizer, image processor, chat template and safetensors weights.
    ///
    /// A complete model in the cache is used as it is, without a request. Otherwise what is missing is downloaded: the
    /// small files first, so that weights never are there without them. A cancelled or killed download goes on where it
    /// stopped, and a file has its name only when its checksum is right.
    /// - Parameter model: the name and the revision.
    /// - Returns: the folder of the commit in the cache.
    /// - Throws: ``HubError``, or `CancellationError` if the task is cancelled.
    public func folder(of model: HubModel) async throws -> URL {
        let cache = HubCache(root: settings.cache, model: model)
        let commit = cache.commit(of: model.revision)
        let missing = try commit.map { try Self.missingFiles(of: $0, in: cache) } ?? CheckpointFiles.required
        if let commit, missing.isEmpty { return cache.snapshot(commit) }
        if settings.isOffline {
            throw HubError.offline(model: model.id, cache: settings.cache.path, missing: missing)
        }
        let connection = HubConnection(settings, model: model)
        do {
            let folder = try await download(to: cache, over: connection)
            await connection.shutDown()
            return folder
        } catch {
            await connection.shutDown()
            throw error
        }
    }

    /// What a commit in the cache lacks.
    ///
    /// Which of the files that not every model has belong to this one is known only if the list of its files was noted;
    /// else the weights vouch for them, being fetched last.
    private static func missingFiles(of commit: String, in cache: HubCache) throws -> [String] {
        var wanted = CheckpointFiles.required
        if let listing = cache.listing(commit: commit) {
            wanted += CheckpointFiles.companions.filter { listing.contains($0) && !wanted.contains($0) }
        }
        if cache.has(CheckpointFiles.index, commit: commit), !cache.has(CheckpointFiles.weights, commit: commit) {
            wanted += try CheckpointFiles.shards(
                ofIndexAt: cache.snapshot(commit).appendingPathComponent(CheckpointFiles.index))
        } else {
            wanted.append(CheckpointFiles.weights)
        }
        return wanted.filter { !cache.has($0, commit: commit) }
    }

    private func download(to cache: HubCache, over connection: HubConnection) async throws -> URL {
        let model = connection.model
        var attempts = Attempts(at: model.id, host: connection.endpoint, policy: policy, report: report)
        let repository = try await attempts.run { try await Repository(connection) }
        let commit = repository.commit
        guard !repository.files.isDisjoint(with: [CheckpointFiles.weights, CheckpointFiles.index]) else {
            throw HubError.noWeights(model: model.id)
        }
        try cache.prepare(commit: commit)
        let download = FileDownload(
            connection: connection, cache: cache, commit: commit, policy: policy, lockInterval: lockInterval,
            report: report)
        for file in CheckpointFiles.companions where repository.files.contains(file) {
            try await download.fetch(file)
        }
        if repository.files.contains(CheckpointFiles.weights) {
            try await download.fetch(CheckpointFiles.weights)
        } else {
            try await download.fetch(CheckpointFiles.index)
            let index = cache.snapshot(commit).appendingPathComponent(CheckpointFiles.index)
            for shard in try CheckpointFiles.shards(ofIndexAt: index) {
                guard repository.files.contains(shard) else {
                    throw HubError.refused(model: model, endpoint: connection.endpoint, .unknownFile(shard))
                }
                try await download.fetch(shard)
            }
        }
        try cache.note(model.revision, is: commit)
        return cache.snapshot(commit)
    }
}
