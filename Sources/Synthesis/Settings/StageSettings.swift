import ChatEndpoints
import Foundation
import Requests
import SettingsFiles

/// Whom a stage asks, how, and how fast.
public struct StageSettings: Sendable {
    /// Where the key comes from; never the settings themselves.
    public enum KeySource: Sendable, Equatable {
        /// A variable of the environment.
        case variable(String)
        /// A file that holds nothing else.
        case file(String)
    }

    /// The stage that these settings are of.
    public let stage: Stage
    /// Where it asks.
    public let address: EndpointAddress
    /// The address as it was given.
    public let endpoint: String
    /// The model's name at the endpoint.
    public let model: String
    /// How tokens are drawn; the seed is that of the first attempt.
    public let sampling: ChatRequest.Sampling
    /// The most requests at one time.
    public let concurrency: Int
    /// The most requests in a minute; nil for no limit.
    public let requestsPerMinute: Double?
    /// The most tokens in a minute, of prompts and answers together; nil for no limit.
    public let tokensPerMinute: Double?
    /// How long it may take until there is a connection, in seconds.
    public let connectTimeout: Double
    /// How long the server may say nothing, in seconds.
    public let idleTimeout: Double
    /// How long a request may take altogether, in seconds.
    public let totalTimeout: Double
    /// How often and after which waits a request is repeated that failed on its way.
    public let retries: RetryPolicy
    /// Whether answers come word by word.
    public let streams: Bool
    /// Whether the picture is sent.
    public let sendsPicture: Bool
    /// Where the key comes from; nil if none is sent.
    public let keySource: KeySource?
    /// What is asked.
    public let prompt: PromptText
    /// The file of the prompt; nil for the default.
    public let promptPath: String?

    init(_ stage: Stage, _ section: SettingsSection, seed: Int64, folder: URL) throws {
        self.stage = stage
        for word in ["key", "api_key", "token", "bearer", "authorization"] where section.has(word) {
            throw section.refuse(
                word,
                "is a key itself, which never stands in this file; give key_env, the name of a variable, or key_file")
        }
        endpoint = try section.text("endpoint")
        do {
            address = try EndpointAddress(endpoint)
        } catch {
            throw section.refuse("endpoint", "is no address of an endpoint; give one like http://localhost:8000/v1")
        }
        model = try section.text("model")
        sampling = ChatRequest.Sampling(
            maxTokens: try section.integer("max_tokens", default: 4096, in: 1...10_000_000),
            temperature: try section.optionalNumber("temperature", in: 0...100),
            topP: try section.optionalNumber("top_p", in: 1e-6...1),
            seed: Int64(try section.integer("seed", default: Int(seed), in: 0...(1 << 52))))
        concurrency = try section.integer("concurrency", default: 8, in: 1...4096)
        requestsPerMinute = try section.optionalNumber("requests_per_minute", in: 1e-3...1e9)
        tokensPerMinute = try section.optionalNumber("tokens_per_minute", in: 1...1e12)
        connectTimeout = try section.number("connect_timeout", default: 10, in: 0.01...3600)
        idleTimeout = try section.number("idle_timeout", default: 300, in: 0.01...86_400)
        totalTimeout = try section.number("total_timeout", default: 1800, in: 0.01...86_400)
        var retries = RetryPolicy()
        retries.limit = try section.integer("retries", default: 8, in: 0...1000)
        retries.firstDelay = .seconds(try section.number("first_delay", default: 1, in: 0...3600))
        retries.longestDelay = .seconds(try section.number("longest_delay", default: 300, in: 0...86_400))
        retries.jitter = 0.5
        self.retries = retries
        streams = try section.flag("stream", default: false)
        let sends = try section.flag("send_picture", default: stage.needsPicture)
        guard sends || !stage.needsPicture else {
            throw section.refuse("send_picture", "is false, but a description is made of the picture")
        }
        guard !sends || stage != .reasoning else {
            throw section.refuse("send_picture", "is true, but this stage reasons from the description alone")
        }
        sendsPicture = sends
        switch (section.has("key_env"), section.has("key_file")) {
        case (true, true): throw section.refuse("key_env", "and key_file: give one of them")
        case (true, false): keySource = .variable(try section.text("key_env"))
        case (false, true):
            let path = try section.text("key_file")
            keySource = .file(URL(fileURLWithPath: path, relativeTo: folder).standardizedFileURL.path)
        case (false, false): keySource = nil
        }
        if section.has("prompt") {
            let url = URL(fileURLWithPath: try section.text("prompt"), relativeTo: folder).standardizedFileURL
            guard let text = try? String(contentsOf: url, encoding: .utf8) else {
                throw section.refuse("prompt", "names \(url.path), which is no readable text file")
            }
            (prompt, promptPath) = (try PromptText(text, for: stage, name: url.path), url.path)
        } else {
            prompt = try PromptText(stage.defaultPrompt, for: stage, name: "of the stage \(stage.rawValue)")
            promptPath = nil
        }
    }

    /// The key, from where it lies.
    /// - Parameter environment: the variables of the process.
    /// - Returns: nil if none is to be sent.
    /// - Throws: ``SynthesisError/key(stage:problem:)`` without a word of the key.
    public func key(environment: [String: String] = ProcessInfo.processInfo.environment) throws -> Secret? {
        let found: Secret?
        let place: String
        switch keySource {
        case nil: return nil
        case .variable(let name):
            (found, place) = (environment[name].flatMap { Secret($0) }, "the variable \(name)")
        case .file(let path):
            (found, place) = ((try? String(contentsOfFile: path, encoding: .utf8)).flatMap { Secret($0) }, path)
        }
        guard let found else { throw SynthesisError.key(stage: stage.rawValue, problem: "\(place) holds none") }
        guard found.authorization != nil else {
            throw SynthesisError.key(
                stage: stage.rawValue, problem: "\(place) holds characters that no header may have")
        }
        return found
    }

    /// How the client asks.
    func client(key: Secret?) -> ChatClient.Settings {
        var settings = ChatClient.Settings(address, model: model, key: key)
        if case .variable(let name) = keySource { settings.keyVariables = [name] }
        settings.streams = streams
        settings.connectTimeout = .seconds(connectTimeout)
        settings.idleTimeout = .seconds(idleTimeout)
        settings.totalTimeout = .seconds(totalTimeout)
        settings.concurrency = concurrency
        settings.retries = retries
        return settings
    }

    /// Everything that decides what is answered.
    var decisive: String {
        [
            stage.rawValue, model, "\(sampling.maxTokens ?? 0)", "\(sampling.temperature ?? -1)",
            "\(sampling.topP ?? -1)", "\(sampling.seed ?? -1)", "\(sendsPicture)", prompt.text,
        ].joined(separator: "\u{0}")
    }
}
