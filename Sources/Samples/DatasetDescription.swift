import QwenVL

/// An entry of a dataset_info.json.
struct DatasetDescription {
    let entry: [String: FieldValue]
    /// `'cats' of data/dataset_info.json`.
    let place: String

    private static let remote = ["hf_hub_url", "ms_hub_url", "om_hub_url", "script_url", "cloud_file_name"]
    private static let keys =
        remote + [
            "file_name", "formatting", "ranking", "subset", "split", "folder", "num_samples", "columns", "tags",
        ]
    private static let columns = [
        "prompt", "query", "response", "history", "messages", "system", "tools", "images", "videos", "audios", "chosen",
        "rejected", "kto_tag",
    ]
    private static let tags = [
        "role_tag", "content_tag", "user_tag", "assistant_tag", "observation_tag", "function_tag", "system_tag",
    ]

    private func refuse(_ problem: String) -> SampleError { .content("\(place) \(problem)") }

    /// The file or folder, from the folder of the dataset_info.json on.
    func fileName() throws -> String {
        if let name = try text("file_name", entry) { return name }
        guard let key = Self.remote.first(where: { entry[$0] != nil }) else { throw refuse("has no 'file_name'") }
        throw refuse(
            "is not a local file ('\(key)' is '\(entry[key]?.text ?? "")'); download it and give its 'file_name'")
    }

    /// How many samples are taken; nil for all.
    func sampleCount() throws -> Int? {
        guard let value = entry["num_samples"] else { return nil }
        guard case .number(let digits) = value, let count = Int(digits), count > 0 else {
            throw refuse("has a 'num_samples' that is no whole number above 0")
        }
        return count
    }

    /// Under which names the parts of a sample stand.
    func layout() throws -> SampleLayout {
        try check(entry, known: Self.keys, of: "")
        if case .flag(true) = entry["ranking"] { throw refusePreferences() }
        if let split = try text("split", entry), split != "train" {
            throw refuse("asks for the split '\(split)'; a local file has only 'train'")
        }
        var layout = SampleLayout()
        let columns = try names("columns", known: Self.columns)
        if let columns {
            guard ["chosen", "rejected", "kto_tag"].allSatisfy({ columns[$0] == nil }) else {
                throw refusePreferences()
            }
            (layout.prompt, layout.query, layout.response) = (columns["prompt"], columns["query"], columns["response"])
            (layout.history, layout.system) = (columns["history"], columns["system"])
            layout.images = columns["images"].map { [$0] } ?? []
            layout.unsupported = [:]
            for kind in ["videos", "audios", "tools"] {
                if let column = columns[kind] { layout.unsupported[column] = kind }
            }
        }
        switch try text("formatting", entry) ?? "alpaca" {
        case "alpaca":
            layout.form = .alpaca
            guard layout.prompt != nil || layout.query != nil else {
                throw refuse("names no column for the 'prompt'")
            }
        case "sharegpt", "openai":
            layout.form = .turns(columns?["messages"] ?? "conversations")
            try rename(&layout)
        case let other:
            throw refuse("has the formatting '\(other)'; a formatting is one of alpaca, sharegpt and openai")
        }
        return layout
    }

    /// Takes over what `tags` says; what it leaves out is called as usual.
    private func rename(_ layout: inout SampleLayout) throws {
        guard let tags = try names("tags", known: Self.tags) else { return }
        if let key = tags["role_tag"] { layout.roleKeys = [key] }
        if let key = tags["content_tag"] { layout.contentKeys = [key] }
        let speakers: [(String, Message.Role)] = [
            ("user_tag", .user), ("assistant_tag", .assistant), ("system_tag", .system),
        ]
        for (tag, role) in speakers {
            guard let name = tags[tag] else { continue }
            layout.roles.removeAll { $0.role == role || $0.name == name }
            layout.roles.append((name, role))
        }
        let tools = ["observation_tag", "function_tag"].compactMap { tags[$0] }
        layout.toolRoles = (layout.toolRoles + tools).filter { name in !layout.roles.contains { $0.name == name } }
    }

    private func refusePreferences() -> SampleError {
        refuse("is preference data; only conversations with one answer each are learned from")
    }

    private func text(_ key: String, _ object: [String: FieldValue]) throws -> String? {
        guard let value = object[key] else { return nil }
        guard let text = value.text else { throw refuse("has a '\(key)' that is not a string") }
        return text
    }

    /// The names that a section gives to things, nil if it is not there.
    private func names(_ section: String, known: [String]) throws -> [String: String]? {
        guard let value = entry[section] else { return nil }
        guard let object = value.object else { throw refuse("has '\(section)' that are not an object") }
        try check(object, known: known, of: "\(section).")
        var names: [String: String] = [:]
        for key in object.keys { names[key] = try text(key, object) }
        return names
    }

    private func check(_ object: [String: FieldValue], known: [String], of section: String) throws {
        guard let unknown = object.keys.filter({ !known.contains($0) }).sorted().first else { return }
        throw refuse("has '\(section)\(unknown)', which means nothing; known are \(known.joined(separator: ", "))")
    }
}
