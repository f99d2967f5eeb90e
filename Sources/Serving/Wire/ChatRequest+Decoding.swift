import Foundation

extension ChatRequest {
    /// Reads the body of a request.
    /// - Throws: ``Refusal`` (400) that names the parameter.
    init(body: Data, limits: ServingLimits) throws {
        let decoder = JSONDecoder()
        decoder.userInfo[.servingLimits] = limits
        do {
            self = try decoder.decode(RequestBody.self, from: body).request
        } catch let error as DecodingError {
            if case .dataCorrupted(let context) = error, !context.codingPath.isEmpty {
                let name = Fields.name(of: context.codingPath)
                throw Refusal.invalid(name, "\(name) cannot be read.")
            }
            throw Refusal.invalid(nil, "The body is not valid JSON.", code: "invalid_json")
        }
    }
}

extension CodingUserInfoKey {
    /// The limits under which a body is decoded.
    static let servingLimits: CodingUserInfoKey = {
        guard let key = CodingUserInfoKey(rawValue: "limits") else { preconditionFailure("Any text is a key.") }
        return key
    }()
}

extension Decoder {
    var limits: ServingLimits { userInfo[.servingLimits] as? ServingLimits ?? ServingLimits() }
}

/// The body as it is sent.
private struct RequestBody: Decodable {
    let request: ChatRequest

    /// Keys that change nothing in an answer, whatever they hold.
    private static let harmless: Set<String> = [
        "user", "metadata", "store", "service_tier", "parallel_tool_calls", "safety_identifier", "prompt_cache_key",
        "prompt_cache_retention",
    ]
    /// Keys that change an answer, unless they hold nothing: 0, false, an empty list.
    private static let refused: Set<String> = [
        "tools", "functions", "logit_bias", "presence_penalty", "frequency_penalty",
    ]
    private static let read: Set<String> = [
        "model", "messages", "max_tokens", "max_completion_tokens", "temperature", "top_p", "stop", "seed", "n",
        "logprobs", "top_logprobs", "stream", "stream_options", "visual_attention", "response_format", "modalities",
        "tool_choice",
    ]

    init(from decoder: any Decoder) throws {
        let limits = decoder.limits
        let fields = try Fields(decoder, expected: "a JSON object")
        try Self.refuseUnsupported(fields)
        var request = ChatRequest(model: try fields.required("model", as: String.self, "a text"), messages: [])
        request.temperature = try fields.optional("temperature", in: 0...2, "a number from 0 to 2")
        request.topP = try fields.optional("top_p", in: 0...1, "a number from 0 to 1")
        request.seed = try fields.optional("seed", as: Int64.self, "an integer of 64 bits").map(
            UInt64.init(bitPattern:))
        request.choices =
            try fields.optional("n", in: 1...limits.choices, "an integer from 1 to \(limits.choices)") ?? 1
        request.maxTokens = try Self.maxTokens(fields)
        request.stop = try Self.stop(fields)
        try Self.readProbabilities(fields, into: &request)
        request.wantsVisualAttention = try fields.optional("visual_attention", as: Bool.self, "true or false") ?? false
        request.streams = try fields.optional("stream", as: Bool.self, "true or false") ?? false
        try Self.readStreamOptions(fields, into: &request)
        let messages = try fields.required("messages", as: [MessageBody].self, "a list of messages")
        guard !messages.isEmpty else { throw Refusal.invalid("messages", "messages must hold at least one message.") }
        request.messages = messages.map(\.message)
        let pictures = request.pictures.count
        guard pictures <= limits.pictures else {
            throw Refusal.invalid(
                "messages", "The messages hold \(pictures) pictures, more than the limit of \(limits.pictures).")
        }
        self.request = request
    }

    private static func refuseUnsupported(_ fields: Fields) throws {
        try fields.refuseOthers(than: read.union(harmless).union(refused))
        for key in refused.sorted() {
            guard let value = try fields.optional(key, as: AnyContent.self, "a value"), !value.isNothing else {
                continue
            }
            throw Refusal.invalid(
                key, "\(key) is not supported by this server; leave it out.", code: "unsupported_parameter")
        }
        if let format = try fields.optional("response_format", as: ResponseFormat.self, "an object"),
            format.type != "text"
        {
            throw Refusal.invalid(
                "response_format", "response_format must be text: this server does not force answers into a form.",
                code: "unsupported_parameter")
        }
        if let modalities = try fields.optional("modalities", as: [String].self, "a list of texts"),
            modalities != ["text"]
        {
            throw Refusal.invalid(
                "modalities", "modalities must be [\"text\"]: this server writes nothing else.",
                code: "unsupported_parameter")
        }
        if fields.keys.contains("tool_choice"), try ["none", "auto"].contains(toolChoice(fields)) == false {
            throw Refusal.invalid(
                "tool_choice", "tool_choice must be none: this server calls no tools.", code: "unsupported_parameter")
        }
    }

    private struct ResponseFormat: Decodable {
        let type: String

        init(from decoder: any Decoder) throws {
            type = try Fields(decoder, expected: "an object").required("type", as: String.self, "a text")
        }
    }

    private static func toolChoice(_ fields: Fields) throws -> String {
        try fields.optional("tool_choice", as: String.self, "none: this server calls no tools") ?? "none"
    }

    private static func maxTokens(_ fields: Fields) throws -> Int? {
        let expected = "an integer of at least 1"
        let old: Int? = try fields.optional("max_tokens", in: 1...Int(Int32.max), expected)
        let new: Int? = try fields.optional("max_completion_tokens", in: 1...Int(Int32.max), expected)
        if let old, let new, old != new {
            throw Refusal.invalid(
                "max_tokens", "max_tokens is \(old) and max_completion_tokens is \(new): give one of them.")
        }
        return new ?? old
    }

    private static func stop(_ fields: Fields) throws -> [String] {
        let expected = "a text or a list of up to 4 texts, none empty and none longer than 1024 bytes"
        guard let stop = try fields.optional("stop", as: OneOrSeveral.self, expected) else { return [] }
        guard stop.texts.count <= 4, stop.texts.allSatisfy({ (1...1024).contains($0.utf8.count) }) else {
            throw Refusal.invalid("stop", "stop must be \(expected).")
        }
        return stop.texts
    }

    private struct OneOrSeveral: Decodable {
        let texts: [String]

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            texts = if let text = try? value.decode(String.self) { [text] } else { try value.decode([String].self) }
        }
    }

    private static func readProbabilities(_ fields: Fields, into request: inout ChatRequest) throws {
        request.wantsLogProbabilities = try fields.optional("logprobs", as: Bool.self, "true or false") ?? false
        let alternatives: Int? = try fields.optional("top_logprobs", in: 0...20, "an integer from 0 to 20")
        if alternatives != nil, !request.wantsLogProbabilities {
            throw Refusal.invalid("top_logprobs", "top_logprobs needs logprobs to be true.")
        }
        request.alternatives = alternatives ?? 0
    }

    private static func readStreamOptions(_ fields: Fields, into request: inout ChatRequest) throws {
        guard let options = try fields.optional("stream_options", as: StreamOptions.self, "an object") else { return }
        guard request.streams else {
            throw Refusal.invalid("stream_options", "stream_options needs stream to be true.")
        }
        request.streamsUsage = options.includesUsage
    }

    private struct StreamOptions: Decodable {
        let includesUsage: Bool

        init(from decoder: any Decoder) throws {
            let fields = try Fields(decoder, expected: "an object")
            includesUsage = try fields.optional("include_usage", as: Bool.self, "true or false") ?? false
            // Padding against eavesdroppers changes no answer.
            try fields.refuseOthers(than: ["include_usage", "include_obfuscation"])
        }
    }
}
