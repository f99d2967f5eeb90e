extension TokenizerFile {
    /// A setting of the file that this module does not implement.
    struct Unsupported: Equatable {
        /// Where it stands in the file, as in `model.dropout`.
        let key: String
        /// What it says.
        let found: String
        /// What it would have to say.
        let expected: String
    }

    /// The first setting under which the ids or the text would differ from what this module computes.
    func firstUnsupportedSetting() -> Unsupported? {
        if let version, version != "1.0" {
            return Unsupported(key: "version", found: version, expected: "1.0")
        }
        if truncation != nil { return Unsupported(key: "truncation", found: "a setting", expected: "null") }
        if padding != nil { return Unsupported(key: "padding", found: "a setting", expected: "null") }
        if let normalizer, normalizer.type != "NFC" {
            return Unsupported(key: "normalizer", found: normalizer.type, expected: "NFC or null")
        }
        if let postProcessor, postProcessor.type != "ByteLevel" {
            return Unsupported(key: "post_processor", found: postProcessor.type, expected: "ByteLevel or null")
        }
        if decoder?.type != "ByteLevel" {
            return Unsupported(key: "decoder", found: decoder?.type ?? "null", expected: "ByteLevel")
        }
        return firstUnsupportedPreTokenizer() ?? model.firstUnsupportedSetting()
    }

    private func firstUnsupportedPreTokenizer() -> Unsupported? {
        let steps = preTokenizer?.pretokenizers ?? []
        guard preTokenizer?.type == "Sequence", steps.map(\.type) == ["Split", "ByteLevel"] else {
            let names = steps.isEmpty ? "" : "[\(steps.map(\.type).joined(separator: ", "))]"
            return Unsupported(
                key: "pre_tokenizer", found: (preTokenizer?.type ?? "null") + names,
                expected: "Sequence[Split, ByteLevel]")
        }
        let (split, byteLevel) = (steps[0], steps[1])
        if split.pattern?.regex != WordScanner.pattern {
            return Unsupported(
                key: "pre_tokenizer.pretokenizers[0].pattern", found: split.pattern?.regex ?? "no regular expression",
                expected: WordScanner.pattern)
        }
        if split.behavior != "Isolated" {
            return Unsupported(
                key: "pre_tokenizer.pretokenizers[0].behavior", found: split.behavior ?? "null", expected: "Isolated")
        }
        if split.invert == true {
            return Unsupported(key: "pre_tokenizer.pretokenizers[0].invert", found: "true", expected: "false")
        }
        if byteLevel.addsPrefixSpace != false {
            return Unsupported(
                key: "pre_tokenizer.pretokenizers[1].add_prefix_space", found: "true", expected: "false")
        }
        if byteLevel.usesRegex != false {
            return Unsupported(key: "pre_tokenizer.pretokenizers[1].use_regex", found: "true", expected: "false")
        }
        return nil
    }
}

extension TokenizerFile.Model {
    fileprivate func firstUnsupportedSetting() -> TokenizerFile.Unsupported? {
        if type != "BPE" {
            return .init(key: "model.type", found: type ?? "null", expected: "BPE")
        }
        if let dropout, dropout != 0 {
            return .init(key: "model.dropout", found: "\(dropout)", expected: "null")
        }
        if let unknownToken {
            return .init(key: "model.unk_token", found: unknownToken, expected: "null")
        }
        if let continuingSubwordPrefix, !continuingSubwordPrefix.isEmpty {
            return .init(
                key: "model.continuing_subword_prefix", found: continuingSubwordPrefix, expected: "null or empty")
        }
        if let endOfWordSuffix, !endOfWordSuffix.isEmpty {
            return .init(key: "model.end_of_word_suffix", found: endOfWordSuffix, expected: "null or empty")
        }
        if byteFallback == true {
            return .init(key: "model.byte_fallback", found: "true", expected: "false")
        }
        if ignoresMerges == true {
            return .init(key: "model.ignore_merges", found: "true", expected: "false")
        }
        return nil
    }
}
