import Foundation

/// Everything a tokenizer looks up, built from a checked `tokenizer.json`.
struct TokenizerTables: Sendable {
    let vocabulary: Vocabulary
    let model: BytePairModel
    /// `nil` if the file has no normalizer.
    let composer: CanonicalComposer?
    /// The added tokens that are looked for in the text as given.
    let literalTokens: AddedTokenMatcher
    /// The added tokens that are looked for in the normalized text.
    let normalizedTokens: AddedTokenMatcher

    /// Reads and checks a file.
    ///
    /// - Parameter url: a `tokenizer.json`.
    /// - Throws: ``TokenizerError``.
    init(contentsOf url: URL) throws {
        let builder = TokenizerTablesBuilder(file: url.path)
        let file = try builder.read(url)
        if let unsupported = file.firstUnsupportedSetting() {
            throw TokenizerError.unsupported(
                file: builder.file, key: unsupported.key, found: unsupported.found, expected: unsupported.expected)
        }
        let composer = file.normalizer == nil ? nil : CanonicalComposer()
        let addedTokens = file.addedTokens ?? []
        var vocabulary = try builder.vocabulary(of: file.model, roomFor: addedTokens.count)
        model = try builder.model(of: file.model, vocabulary: vocabulary)
        try builder.add(addedTokens, normalizedBy: composer, to: &vocabulary)
        self.vocabulary = vocabulary
        self.composer = composer
        literalTokens = AddedTokenMatcher(addedTokens.filter { !$0.isNormalized }.map { ($0, $0.content) })
        normalizedTokens = AddedTokenMatcher(
            addedTokens.filter(\.isNormalized).map { ($0, composer?.normalized($0.content) ?? $0.content) })
    }
}

/// The steps from file to tables; each throws an error that names the file.
struct TokenizerTablesBuilder {
    /// The path of the file, for messages.
    let file: String

    /// Parses a file.
    ///
    /// - Throws: ``TokenizerError`` if it is absent, not JSON, or not of the expected form.
    func read(_ url: URL) throws -> TokenizerFile {
        let data: Data
        do {
            data = try Data(contentsOf: url)
        } catch {
            throw TokenizerError.unreadable(file: file, reason: Self.reason(error))
        }
        do {
            return try JSONDecoder().decode(TokenizerFile.self, from: data)
        } catch DecodingError.keyNotFound(let key, let context) {
            throw TokenizerError.missingKey(file: file, key: Self.path(context.codingPath + [key]))
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw malformed(context)
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw malformed(context)
        } catch {
            throw notJSON(data)
        }
    }

    /// The error for data that `JSONDecoder` refuses without saying where; `JSONSerialization` knows the line.
    private func notJSON(_ data: Data) -> TokenizerError {
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)
        } catch {
            return .notJSON(file: file, reason: Self.reason(error))
        }
        return .malformed(file: file, key: "an id", reason: "a number that is not a whole number, or too large")
    }

    /// The tokens of the model, without the added ones.
    ///
    /// - Throws: ``TokenizerError`` if an id is out of range or given twice.
    func vocabulary(of model: TokenizerFile.Model, roomFor addedCount: Int) throws -> Vocabulary {
        var vocabulary = Vocabulary(capacity: model.vocabulary.count + addedCount)
        for (token, id) in model.vocabulary {
            guard (0...Vocabulary.largestID).contains(id) else {
                throw TokenizerError.idOutOfRange(file: file, token: token, id: id, largest: Vocabulary.largestID)
            }
            if let other = vocabulary.spelling(of: id) {
                throw TokenizerError.duplicateID(file: file, id: id, tokens: [other, token].sorted())
            }
            vocabulary.add(token, id: id, decodedBytes: ByteAlphabet.decodedBytes(of: token))
        }
        return vocabulary
    }

    /// The byte-pair model.
    ///
    /// - Throws: ``TokenizerError`` if a byte has no token, or a merge is not made of tokens.
    func model(of model: TokenizerFile.Model, vocabulary: Vocabulary) throws -> BytePairModel {
        var byteIDs: [UInt32] = []
        for (byte, scalar) in ByteAlphabet.scalars.enumerated() {
            guard let id = vocabulary.id(of: String(scalar)) else {
                throw TokenizerError.missingByteToken(file: file, byte: UInt8(byte), token: String(scalar))
            }
            byteIDs.append(UInt32(id))
        }
        return BytePairModel(byteIDs: byteIDs, merges: try merges(of: model.merges, vocabulary: vocabulary))
    }

    private func merges(of merges: TokenizerFile.Merges, vocabulary: Vocabulary) throws -> MergeTable {
        switch merges {
        case .pairs(let pairs):
            var table = MergeTable(capacity: pairs.count)
            for (index, pair) in pairs.enumerated() {
                try add(pair, index: index, vocabulary: vocabulary, to: &table)
            }
            return table
        case .lines(let lines):
            var table = MergeTable(capacity: lines.count)
            for (index, line) in lines.enumerated() where !line.hasPrefix("#version") {
                let pair = line.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                try add(pair, index: index, vocabulary: vocabulary, to: &table)
            }
            return table
        }
    }

    private func add(_ pair: [String], index: Int, vocabulary: Vocabulary, to table: inout MergeTable) throws {
        guard pair.count == 2 else {
            throw TokenizerError.malformedMerge(file: file, index: index, found: pair.joined(separator: " "))
        }
        func id(of token: String) throws -> UInt32 {
            guard let id = vocabulary.id(of: token) else {
                throw TokenizerError.unknownTokenInMerge(file: file, index: index, token: token)
            }
            return UInt32(id)
        }
        table.append(left: try id(of: pair[0]), right: try id(of: pair[1]), result: try id(of: pair[0] + pair[1]))
    }

    /// Adds the added tokens to the vocabulary.
    ///
    /// The reference ignores the ids that the file gives them: it keeps the model's id of a token that the model has,
    /// and numbers the others from the size of the model on. A file that says otherwise would mean two things.
    /// - Throws: ``TokenizerError`` if one is empty, repeated, or has another id than that.
    func add(
        _ tokens: [AddedToken], normalizedBy composer: CanonicalComposer?, to vocabulary: inout Vocabulary
    ) throws {
        var seen: Set<[UInt8]> = []
        for token in tokens {
            guard !token.content.isEmpty else { throw TokenizerError.emptyAddedToken(file: file, id: token.id) }
            let decoded = token.isNormalized ? composer?.normalized(token.content) ?? token.content : token.content
            let isNew = seen.insert(Array(decoded.utf8)).inserted
            guard isNew else { throw TokenizerError.repeatedAddedToken(file: file, token: token.content) }
            let known = vocabulary.id(of: token.content)
            let expected = known ?? vocabulary.count
            guard token.id == expected, known != nil || vocabulary.spelling(of: expected) == nil else {
                throw TokenizerError.addedTokenID(
                    file: file, token: token.content, found: token.id, expected: expected)
            }
            if known == nil {
                vocabulary.add(token.content, id: token.id, decodedBytes: ByteAlphabet.decodedBytes(of: decoded))
            }
            if token.isSpecial { vocabulary.markSpecial(token.id) }
        }
    }

    private func malformed(_ context: DecodingError.Context) -> TokenizerError {
        .malformed(
            file: file, key: Self.path(context.codingPath), reason: Self.withoutFullStop(context.debugDescription))
    }

    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce(into: "") { path, key in
            if let index = key.intValue {
                path += "[\(index)]"
            } else {
                path += (path.isEmpty ? "" : ".") + key.stringValue
            }
        }
    }

    private static func reason(_ error: any Error) -> String {
        if let cause = (error as? CocoaError)?.underlying as? POSIXError {
            return String(cString: strerror(cause.code.rawValue))
        }
        let description = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String
        return withoutFullStop(description ?? error.localizedDescription)
    }

    private static func withoutFullStop(_ sentence: String) -> String {
        sentence.hasSuffix(".") ? String(sentence.dropLast()) : sentence
    }
}
