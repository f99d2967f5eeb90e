import Foundation
import Hub
import HubServer
import Requests
import Synchronization
import Testing

/// A folder of its own that is removed at the end.
func withTemporaryFolder<Result>(_ body: (URL) async throws -> Result) async throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hub-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try await body(folder)
}

/// Repositories to serve.
enum Sample {
    static let shards = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    static let small = [
        "chat_template.json", "config.json", "generation_config.json", "preprocessor_config.json", "tokenizer.json",
        "tokenizer_config.json",
    ]

    /// A model in two shards, among files that nobody needs.
    static func sharded() -> ServedModel {
        var files: [String: Data] = [:]
        for name in small + ["README.md", "pytorch_model.bin"] { files[name] = Data(#"{"name": "\#(name)"}"#.utf8) }
        files["model.safetensors.index.json"] = index(of: shards)
        files[shards[0]] = noise(300_000)
        files[shards[1]] = noise(200_000)
        return ServedModel("acme/tiny", files: files)
    }

    /// A model in one file of 400,000 bytes.
    static func single() -> ServedModel {
        var files: [String: Data] = [:]
        for name in small { files[name] = Data(#"{"name": "\#(name)"}"#.utf8) }
        files["model.safetensors"] = noise(400_000)
        return ServedModel("acme/tiny", files: files)
    }

    /// An index that names these shards.
    static func index(of shards: [String]) -> Data {
        let map = Dictionary(uniqueKeysWithValues: shards.enumerated().map { ("weight.\($0)", $1) })
        return (try? JSONSerialization.data(withJSONObject: ["metadata": [:], "weight_map": map])) ?? Data()
    }

    /// Bytes of no pattern that a lost or repeated piece could hide in.
    private static func noise(_ count: Int) -> Data {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        return Data(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return UInt8(truncatingIfNeeded: state >> 56)
            })
    }
}

/// A server of one model whose script may answer differently, and a client of it with a cache of its own.
final class Scene: Sendable {
    let model: ServedModel
    let server: LoopbackServer
    let storage: LoopbackServer?
    let folder: URL
    private let heard = Mutex<[HubEvent]>([])
    private let slept = Mutex<[Duration]>([])

    /// What the client reported.
    var events: [HubEvent] { heard.withLock { $0 } }
    /// How long the client waited before it repeated requests.
    var delays: [Duration] { slept.withLock { $0 } }

    /// Answers a request otherwise than the Hub would: the second argument counts earlier ones of that method and path.
    typealias Script = @Sendable (_ request: Request, _ earlier: Int, _ usual: Answer) -> Answer

    init(
        _ model: ServedModel, folder: URL, storesApart: Bool = false, script: @escaping Script = { $2 }
    ) throws {
        (self.model, self.folder) = (model, folder)
        let counts = Counter()
        func scripted(_ usual: @escaping @Sendable (Request) -> Answer) -> @Sendable (Request) -> Answer {
            { script($0, counts.next($0.method + " " + $0.path), usual($0)) }
        }
        let storage = storesApart ? try LoopbackServer(answer: scripted { model.stored($0) }) : nil
        let address = storage?.url
        server = try LoopbackServer(answer: scripted { model.answer($0, storage: address) })
        self.storage = storage
    }

    deinit {
        server.stop()
        storage?.stop()
    }

    private final class Counter: Sendable {
        let counts = Mutex<[String: Int]>([:])
        func next(_ key: String) -> Int {
            counts.withLock { counts in
                defer { counts[key, default: 0] += 1 }
                return counts[key, default: 0]
            }
        }
    }

    /// A client that does not really wait before it repeats a request.
    func client(token: String? = nil, offline: Bool = false, idle: Double = 5) throws -> HubClient {
        var environment = [
            "HF_HOME": folder.path, "HF_ENDPOINT": server.url, "HF_HUB_DOWNLOAD_TIMEOUT": String(idle),
        ]
        environment["HF_TOKEN"] = token
        environment["HF_HUB_OFFLINE"] = offline ? "1" : nil
        var policy = RetryPolicy()
        policy.sleep = { delay in self.slept.withLock { $0.append(delay) } }
        return try HubClient(HubSettings(environment: environment), policy: policy, lockInterval: .milliseconds(10)) {
            event in
            self.heard.withLock { $0.append(event) }
        }
    }

    /// Downloads the model.
    @discardableResult
    func fetch(_ client: HubClient, revision: String = "main") async throws -> URL {
        try await client.folder(of: HubModel(model.id, revision: revision))
    }

    // MARK: What came of it

    /// The requests for a file's content, on whichever server, in order.
    func requests(for file: String, method: String = "GET") -> [Request] {
        (server.requests + (storage?.requests ?? [])).filter { request in
            let path = request.path.split(separator: "?").first ?? ""
            return request.method == method && path.hasSuffix("/\(file)") && !path.hasPrefix("/api/")
        }
    }

    /// The model's folder in the cache.
    var cache: URL { folder.appendingPathComponent("hub/models--acme--tiny") }

    /// The names below a folder of the model's cache, none if there is no such folder.
    func names(in folder: String) -> [String] {
        ((try? FileManager.default.subpathsOfDirectory(atPath: cache.appendingPathComponent(folder).path)) ?? [])
            .sorted()
    }

    /// Expects exactly these files, whole, as links into the blobs, and nothing else in the cache.
    func expectCache(holds files: [String], sourceLocation: SourceLocation = #_sourceLocation) throws {
        let snapshot = cache.appendingPathComponent("snapshots/\(model.commit)")
        #expect(names(in: "snapshots/\(model.commit)") == files.sorted(), sourceLocation: sourceLocation)
        for file in files {
            let url = snapshot.appendingPathComponent(file)
            #expect(try Data(contentsOf: url) == model.files[file], "\(file)", sourceLocation: sourceLocation)
            let link = try FileManager.default.destinationOfSymbolicLink(atPath: url.path)
            #expect(link == "../../blobs/\(model.checksum(file))", sourceLocation: sourceLocation)
        }
        #expect(names(in: "blobs") == Set(files.map(model.checksum)).sorted(), sourceLocation: sourceLocation)
    }
}

/// The error of something that must fail.
func failure(_ body: () async throws -> Void) async throws -> HubError {
    do {
        try await body()
    } catch {
        return try #require(error as? HubError, "not an error of the Hub: \(error)")
    }
    throw NothingFailed()
}

private struct NothingFailed: Error {}
