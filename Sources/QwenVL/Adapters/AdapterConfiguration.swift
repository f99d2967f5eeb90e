import Foundation

/// PEFT's adapter_config.json, as far as there is here what it says.
struct AdapterConfiguration {
    let dropout: Double
    let isRankStabilized: Bool
    private let rank: Int
    private let alpha: Double
    private let ranks: [(pattern: Regex<AnyRegexOutput>, value: Double)]
    private let alphas: [(pattern: Regex<AnyRegexOutput>, value: Double)]

    /// Fields that change what an adapter computes in ways there are not here, wherever they say something.
    private static let unknown = [
        "modules_to_save", "use_dora", "lora_bias", "layer_replication", "trainable_token_indices", "target_parameters",
        "use_qalora", "use_bdlora", "alora_invocation_tokens", "arrow_config", "megatron_config", "kasa_config",
        "monteclora_config", "velora_config",
    ]
    /// Ways of drawing new adapters that leave the model's own weights alone.
    private static let initializations: Set = ["gaussian", "eva", "orthogonal"]

    /// Reads the file, and refuses with one sentence what would be computed otherwise.
    init(contentsOf url: URL) throws {
        let json = try JSONFile(contentsOf: url)
        var problems: [String] = []
        let kind = try json.string("peft_type") ?? "none named"
        guard kind == "LORA" else {
            throw QwenVLError.adapter(
                path: url.path, problems: ["adapters of the kind \(kind) are not supported, only LORA is"])
        }
        for key in Self.unknown where Self.says(json.object[key]) {
            problems.append("'\(key)' is \(Self.text(json.object[key])), which is not supported")
        }
        if let bias = try json.string("bias"), bias != "none" {
            problems.append("'bias' is '\(bias)'; only 'none' is supported")
        }
        if let way = json.object["init_lora_weights"] as? String, !Self.initializations.contains(way.lowercased()) {
            problems.append(
                "'init_lora_weights' is '\(way)', which changes the model's own weights and is not supported")
        }
        rank = try json.integer("r")
        alpha = try json.number("lora_alpha", default: 8)
        dropout = try json.number("lora_dropout", default: 0)
        isRankStabilized = try json.flag("use_rslora", default: false)
        ranks = try Self.patterns(json, "rank_pattern")
        alphas = try Self.patterns(json, "alpha_pattern")
        if rank < 1 { problems.append("'r' is \(rank), it must be at least 1") }
        if dropout < 0 || dropout >= 1 {
            problems.append("'lora_dropout' is \(dropout), it must be from 0 up to below 1")
        }
        guard problems.isEmpty else { throw QwenVLError.adapter(path: url.path, problems: problems) }
    }

    /// The rank of a layer under its name in the file.
    func rank(of path: String) -> Int {
        Self.value(ranks, path).flatMap(Int.init(exactly:)) ?? rank
    }

    /// The alpha of a layer under its name in the file.
    func alpha(of path: String) -> Double { Self.value(alphas, path) ?? alpha }

    /// PEFT's `get_pattern_key`: the first pattern that the end of a name fits, whole or after a dot.
    private static func patterns(
        _ json: JSONFile, _ key: String
    ) throws -> [(pattern: Regex<AnyRegexOutput>, value: Double)] {
        guard let section = try json.section(key) else { return [] }
        return try section.object.keys.sorted().map { text in
            guard let pattern = try? Regex("(.*\\.)?(\(text))") else {
                throw QwenVLError.configuration(
                    path: json.path, problem: "'\(text)' in '\(key)' is no regular expression that can be read")
            }
            return (pattern, try section.number(text))
        }
    }

    private static func value(_ patterns: [(pattern: Regex<AnyRegexOutput>, value: Double)], _ path: String) -> Double?
    {
        patterns.first { (try? $0.pattern.wholeMatch(in: path)) != nil }?.value
    }

    /// True unless a field is absent, null, false or empty.
    private static func says(_ value: Any?) -> Bool {
        switch value {
        case nil, is NSNull: false
        case let list as [Any]: !list.isEmpty
        case let object as [String: Any]: !object.isEmpty
        case let flag as Bool: flag
        default: true
        }
    }

    private static func text(_ value: Any?) -> String {
        switch value {
        case let list as [Any]: "[\(list.map { "\($0)" }.joined(separator: ", "))]"
        case let flag as Bool: "\(flag)"
        case let text as String: "'\(text)'"
        default: "set"
        }
    }
}
