import QwenVL

extension SampleParser {
    /// The turns of a sample, a system turn first if it has one.
    func turns(_ fields: Fields) throws -> [Draft] {
        var drafts = try conversation(fields)
        drafts.removeAll { $0.role == .system && isEmpty($0.pieces) }
        if drafts.dropFirst().contains(where: { $0.role == .system }) {
            throw fail("the sample has a system turn that is not the first turn")
        }
        guard let key = layout.system, let system = try text(key, fields), !isBlank(system) else { return drafts }
        guard drafts.first?.role != .system else { throw fail("the sample has both '\(key)' and a system turn") }
        return [(.system, [.text(system)])] + drafts
    }

    private func conversation(_ fields: Fields) throws -> [Draft] {
        switch layout.form {
        case .alpaca: return try instruction(fields)
        case .turns(let key):
            guard fields[key] != nil else { throw fail("the sample has no '\(key)'") }
            return try list(key, fields)
        case .any: break
        }
        var keys = ["problem", "messages", "conversations"].filter { fields[$0] != nil }
        // What may be there beside the others as well.
        if keys.isEmpty { keys = ["question", "instruction"].filter { fields[$0] != nil }.prefix(1).map { $0 } }
        guard keys.count == 1, let key = keys.first else {
            let found = keys.isEmpty ? "none" : keys.joined(separator: " and ")
            throw fail(
                "the sample must have one of 'problem', 'messages', 'conversations' and 'instruction', and has \(found)"
            )
        }
        switch key {
        case "instruction": return try instruction(fields)
        case "problem", "question":
            let answer = try word("answer", fields)
            return [(.user, pieces(try text(key, fields) ?? ""))]
                + (answer.map { isBlank($0) ? [] : [(.assistant, [.text($0)])] } ?? [])
        default: return try list(key, fields)
        }
    }

    private func isEmpty(_ pieces: [Piece]) -> Bool {
        pieces.allSatisfy { piece in
            if case .text(let text) = piece { return isBlank(text) }
            return false
        }
    }

    // MARK: Instruction, input, output

    private func instruction(_ fields: Fields) throws -> [Draft] {
        var drafts: [Draft] = []
        if let key = layout.history, let history = fields[key], !history.isNothing {
            guard let rounds = history.list else { throw fail("'\(key)' is not a list of rounds") }
            for (index, round) in rounds.enumerated() {
                guard let texts = round.list?.map(\.text), texts.count == 2, let asked = texts[0], let said = texts[1]
                else {
                    throw fail("round \(index + 1) of '\(key)' is not a list of what the user and the assistant said")
                }
                drafts += [(.user, pieces(asked)), (.assistant, [.text(said)])]
            }
        }
        let parts = try [layout.prompt, layout.query].compactMap { try $0.flatMap { try text($0, fields) } }
        let asked = parts.filter { !$0.isEmpty }.joined(separator: "\n")
        guard !asked.isEmpty else {
            throw fail("the sample has no '\(layout.prompt ?? layout.query ?? "instruction")'")
        }
        drafts.append((.user, pieces(asked)))
        if let said = try layout.response.flatMap({ try word($0, fields) }), !isBlank(said) {
            drafts.append((.assistant, [.text(said)]))
        }
        return drafts
    }

    // MARK: Lists of turns

    private func list(_ key: String, _ fields: Fields) throws -> [Draft] {
        let turns = fields[key]?.list?.map(\.object)
        guard let turns, turns.allSatisfy({ $0 != nil }) else { throw fail("'\(key)' is not a list of turns") }
        return try turns.compactMap { $0 }.enumerated().map { try turn($1, place: "turn \($0 + 1) of '\(key)'") }
    }

    private func turn(_ object: Fields, place: String) throws -> Draft {
        guard let name = layout.roleKeys.lazy.compactMap({ object[$0]?.text }).first else {
            throw fail("\(place) has no \(named(layout.roleKeys))")
        }
        if layout.toolRoles.contains(name) {
            throw fail("\(place) has the role '\(name)'; calls of tools and their results are not supported")
        }
        guard let role = layout.roles.first(where: { $0.name == name })?.role else {
            let names = layout.roles.map(\.name)
            throw fail(
                "\(place) has the role '\(name)'; a role is one of "
                    + "\(names.dropLast().joined(separator: ", ")) and \(names.last ?? "")")
        }
        if let calls = object["tool_calls"] ?? object["function_call"], !calls.isNothing {
            throw fail("\(place) calls a tool; calls of tools and their results are not supported")
        }
        let value = layout.contentKeys.lazy.compactMap { object[$0] }.first
        if let text = value?.text { return (role, role == .user ? pieces(text) : [.text(text)]) }
        let items = value?.list?.map(\.object)
        guard let items, items.allSatisfy({ $0 != nil }) else {
            throw fail("\(place) has no \(named(layout.contentKeys)) that is a string or a list of items")
        }
        return (role, try items.compactMap { $0 }.flatMap { try item($0, role: role, place: place) })
    }

    /// `'role' (or 'from')`.
    private func named(_ keys: [String]) -> String {
        let others = keys.dropFirst().map { "'\($0)'" }.joined(separator: " or ")
        return "'\(keys.first ?? "")'" + (others.isEmpty ? "" : " (or \(others))")
    }

    private static let pictureKinds = ["image", "image_url", "input_image"]

    /// An item of a content that is a list: words, or a picture that it brings or that a mark stands for.
    private func item(_ object: Fields, role: Message.Role, place: String) throws -> [Piece] {
        let kind = object["type"]?.text
        let isPicture = kind.map(Self.pictureKinds.contains) ?? (object["image"] != nil || object["image_url"] != nil)
        if isPicture {
            guard role == .user else { throw fail("\(place) has a picture; only turns of the user may have one") }
            return [try picture(item: object, name: "an image of \(place)") ?? .mark]
        }
        guard let text = object["text"]?.text else {
            let what = kind.map { ", but of the type '\($0)'" } ?? ""
            throw fail("\(place) has an item that is neither text nor an image\(what)")
        }
        return role == .user ? pieces(text) : [.text(text)]
    }
}
