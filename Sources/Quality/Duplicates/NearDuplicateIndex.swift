import RandomNumbers

/// Texts that were kept, found again by what is nearly the same (MinHash with bands: Broder 1997; Leskovec, Rajaraman
/// and Ullman, Mining of Massive Datasets, 3.3 and 3.4).
///
/// A text is the set of its runs of `shingle` words, in small letters, numbers kept, marks and white space left out.
/// Candidates share a band of `rows` minima; those whose `bands` x `rows` minima agree often enough are compared exactly,
/// by the Jaccard index of the sets. Everything depends on the texts and their order alone, so that an index is made
/// again by adding the same texts. A text takes 4 bytes for each of its runs and about 800 more.
public struct NearDuplicateIndex: Sendable {
    /// How texts are compared.
    public struct Settings: Sendable, Equatable, Codable {
        /// How many words make a run.
        public var shingle = 5
        /// The Jaccard index from which texts are near.
        public var threshold = 0.8
        /// How many bands there are; candidates share one.
        public var bands = 20
        /// How many minima make a band.
        public var rows = 6
        /// Whether only texts about the same picture are compared, by the bytes of its file.
        public var samePictureOnly = false

        /// Runs of 5 words, 0.8, 20 bands of 6 minima: 99.8 % of pairs at 0.8 become candidates.
        public init() {}

        enum CodingKeys: String, CodingKey, CaseIterable {
            case shingle, threshold, bands, rows
            case samePictureOnly = "same_picture_only"
        }

        /// Reads the settings; what is not given has its default.
        /// - Parameter decoder: where from.
        /// - Throws: ``QualitySettingsError`` on unknown keys and impossible values, `DecodingError` on other types.
        public init(from decoder: any Decoder) throws {
            let values = try SettingsKeys<CodingKeys>(decoder, in: "duplicate")
            try values.read(&shingle, .shingle, in: 1...50)
            try values.read(&threshold, .threshold, in: 0.1...1)
            try values.read(&bands, .bands, in: 1...200)
            try values.read(&rows, .rows, in: 1...20)
            try values.read(&samePictureOnly, .samePictureOnly)
        }
    }

    /// An earlier text that is near.
    public struct Match: Sendable, Equatable {
        /// What it is called.
        public let id: String
        /// The Jaccard index as the minima estimate it.
        public let estimate: Double
        /// The Jaccard index of the sets of runs.
        public let similarity: Double
    }

    private let settings: Settings
    private let hashing: MinHash
    private var ids: [String] = []
    /// The sorted runs of all texts, one after the other, and where each text ends.
    private var runs: [UInt32] = []
    private var ends: [Int] = []
    /// 16 bits of each minimum: enough for an estimate, a chance agreement adds 1/65,536.
    private var minima: [UInt16] = []
    /// For every band the last text with a value, and for every text the one before it with the same value.
    private var last: [[UInt32: Int32]]
    private var before: [[Int32]]

    /// An empty index.
    /// - Parameter settings: how texts are compared.
    public init(_ settings: Settings = Settings()) {
        self.settings = settings
        hashing = MinHash(count: settings.bands * settings.rows)
        last = Array(repeating: [:], count: settings.bands)
        before = Array(repeating: [], count: settings.bands)
    }

    /// How many texts it holds.
    public var count: Int { ids.count }

    /// About how many bytes it takes.
    public var byteCount: Int {
        let tables = last.reduce(0) { $0 + $1.capacity * 4 / 3 * 8 } + before.reduce(0) { $0 + $1.capacity * 4 }
        let names = ids.reduce(ids.capacity * 16) { $0 + ($1.utf8.count > 15 ? $1.utf8.count + 32 : 0) }
        return runs.capacity * 4 + ends.capacity * 8 + minima.capacity * 2 + tables + names
    }

    /// The nearest earlier text.
    /// - Parameters:
    ///   - text: any text.
    ///   - scope: only texts that were added with the same scope are compared; "" is one as well.
    /// - Returns: the text with the largest Jaccard index, of equals the earliest; nil if none reaches the threshold.
    public func match(for text: String, scope: String = "") -> Match? {
        match(for: fingerprint(text, scope: scope))
    }

    /// Adds a text unless an earlier one is near.
    /// - Parameters:
    ///   - id: what it is called.
    ///   - text: any text.
    ///   - scope: only texts that were added with the same scope are compared.
    /// - Returns: the earlier text that is near, if there is one; then nothing was added.
    @discardableResult
    public mutating func add(id: String, text: String, scope: String = "") -> Match? {
        let own = fingerprint(text, scope: scope)
        if let match = match(for: own) { return match }
        insert(id: id, own)
        return nil
    }

    // MARK: Fingerprints, which need no index

    /// What of a text is compared.
    struct Fingerprint: Sendable {
        /// The runs, sorted, each once.
        var runs: [UInt32]
        var minima: [UInt16]
        var bands: [UInt32]
    }

    /// What of a text is compared; any number of threads may ask.
    func fingerprint(_ text: String, scope: String) -> Fingerprint {
        let words = TextWords(text).words.map(WordHash.of)
        var grams = WordHash.grams(words, settings.shingle)
        // A text shorter than a run is one run.
        if grams.isEmpty { grams = [words.reduce(WordHash.start, WordHash.join)] }
        if !scope.isEmpty {
            let scope = WordHash.of(scope)
            for place in grams.indices { grams[place] = WordHash.join(scope, grams[place]) }
        }
        let full = hashing.minima(of: grams)
        let bands = (0..<settings.bands).map { band in
            let part = full[band * settings.rows..<(band + 1) * settings.rows]
            return UInt32(truncatingIfNeeded: part.reduce(WordHash.start) { WordHash.join($0, UInt64($1)) })
        }
        let runs = Self.sortedSet(grams.map { UInt32(truncatingIfNeeded: $0) })
        return Fingerprint(runs: runs, minima: full.map { UInt16(truncatingIfNeeded: $0) }, bands: bands)
    }

    private static func sortedSet(_ values: [UInt32]) -> [UInt32] {
        var result: [UInt32] = []
        result.reserveCapacity(values.count)
        for value in values.sorted() where value != result.last { result.append(value) }
        return result
    }

    mutating func insert(id: String, _ own: Fingerprint) {
        let number = Int32(ids.count)
        for band in 0..<settings.bands {
            before[band].append(last[band].updateValue(number, forKey: own.bands[band]) ?? -1)
        }
        ids.append(id)
        runs += own.runs
        ends.append(runs.count)
        minima += own.minima
    }

    func match(for own: Fingerprint) -> Match? {
        var (best, found): (Match?, Set<Int32>) = (nil, [])
        for band in 0..<settings.bands {
            var next = last[band][own.bands[band]] ?? -1
            while next >= 0 {
                found.insert(next)
                next = before[band][Int(next)]
            }
        }
        for number in found.sorted() {
            let estimate = self.estimate(Int(number), own)
            // Four standard errors below the threshold, the exact index hardly reaches it.
            guard estimate >= settings.threshold - 4 * deviation else { continue }
            let similarity = self.similarity(Int(number), own)
            guard similarity >= settings.threshold, similarity > best?.similarity ?? 0 else { continue }
            best = Match(id: ids[Int(number)], estimate: estimate, similarity: similarity)
        }
        return best
    }

    private var deviation: Double {
        let threshold = settings.threshold
        return (threshold * (1 - threshold) / Double(hashing.count)).squareRoot()
    }

    private func estimate(_ number: Int, _ own: Fingerprint) -> Double {
        let start = number * hashing.count
        let equal = (0..<hashing.count).count { minima[start + $0] == own.minima[$0] }
        return Double(equal) / Double(hashing.count)
    }

    /// |A and B| / |A or B| of the sorted sets.
    private func similarity(_ number: Int, _ own: Fingerprint) -> Double {
        let (end, mine) = (ends[number], own.runs)
        let start = number == 0 ? 0 : ends[number - 1]
        var (left, right, shared) = (start, 0, 0)
        while left < end, right < mine.count {
            if runs[left] == mine[right] {
                (left, right, shared) = (left + 1, right + 1, shared + 1)
            } else if runs[left] < mine[right] {
                left += 1
            } else {
                right += 1
            }
        }
        return Double(shared) / Double(end - start + mine.count - shared)
    }
}
