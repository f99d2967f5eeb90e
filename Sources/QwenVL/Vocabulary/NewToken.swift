import Foundation

/// A token on its way into the files of a tokenizer.
struct NewToken {
    let id: Int
    let content: String
    let isSpecial: Bool

    /// The files of a folder in which such tokens stand, with these added.
    static func files(_ tokens: [NewToken], in folder: URL) throws -> [String: Data] {
        let tokenizer = folder.appendingPathComponent("tokenizer.json")
        guard let text = try? Data(contentsOf: tokenizer),
            let completed = JSONArrayText.appending(try tokens.map { try $0.entry() }, to: "added_tokens", of: text)
        else {
            throw QwenVLError.configuration(path: tokenizer.path, problem: "'added_tokens' is no list")
        }
        var files = ["tokenizer.json": completed]
        for (name, complete) in [
            ("tokenizer_config.json", completeConfiguration), ("added_tokens.json", completeList),
            ("special_tokens_map.json", completeSpecial),
        ] {
            guard var object = try JSONFile.ifPresent(folder.appendingPathComponent(name))?.object else { continue }
            complete(tokens, &object)
            files[name] = try JSONSerialization.data(
                withJSONObject: object, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        }
        return files
    }

    /// The fields that every file has for an added token.
    private var fields: [String: Any] {
        [
            "content": content, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
            "special": isSpecial,
        ]
    }

    /// The entry of tokenizer.json.
    private func entry() throws -> String {
        let quoted = String(
            decoding: try JSONSerialization.data(
                withJSONObject: content, options: [.fragmentsAllowed, .withoutEscapingSlashes]), as: UTF8.self)
        return """
            {
                  "id": \(id),
                  "content": \(quoted),
                  "single_word": false,
                  "lstrip": false,
                  "rstrip": false,
                  "normalized": false,
                  "special": \(isSpecial)
                }
            """
    }

    /// tokenizer_config.json lists all added tokens in releases of transformers before 5, and none later.
    private static func completeConfiguration(_ tokens: [NewToken], _ object: inout [String: Any]) {
        if var decoder = object["added_tokens_decoder"] as? [String: Any] {
            for token in tokens { decoder["\(token.id)"] = token.fields }
            object["added_tokens_decoder"] = decoder
        }
        completeSpecial(tokens, &object)
    }

    private static func completeList(_ tokens: [NewToken], _ object: inout [String: Any]) {
        for token in tokens { object[token.content] = token.id }
    }

    /// The special tokens without a use of their own, under the key of transformers before 5 or since.
    private static func completeSpecial(_ tokens: [NewToken], _ object: inout [String: Any]) {
        let tokens = tokens.filter(\.isSpecial)
        for key in ["additional_special_tokens", "extra_special_tokens"] {
            guard let list = object[key] as? [Any] else { continue }
            let listed = list.compactMap { $0 as? String ?? ($0 as? [String: Any])?["content"] as? String }
            object[key] = list + tokens.map(\.content).filter { !listed.contains($0) }
        }
    }
}
