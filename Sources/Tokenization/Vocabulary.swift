/// All tokens of a tokenizer, the added ones included: spelling to id, id to spelling, id to bytes.
struct Vocabulary: Sendable {
    /// The greatest id that is believed; a larger one is a damaged file.
    static let largestID = 1 << 24

    /// How many tokens there are.
    private(set) var count = 0
    private var ids: ByteStringTable
    private var spellings: [String?] = []
    private var bytes: [UInt8] = []
    private var byteRanges: [Range<Int>] = []
    private var isSpecialByID: [Bool] = []

    /// Makes an empty vocabulary with room for some tokens.
    init(capacity: Int) {
        ids = ByteStringTable(capacity: capacity)
        spellings.reserveCapacity(capacity)
        byteRanges.reserveCapacity(capacity)
    }

    /// The id of a token, by its spelling.
    func id(of spelling: String) -> Int? {
        ids.value(for: spelling).map(Int.init)
    }

    /// The spelling of a token.
    func spelling(of id: Int) -> String? {
        spellings.indices.contains(id) ? spellings[id] : nil
    }

    /// True if the token is an added one that is marked special.
    func isSpecial(_ id: Int) -> Bool {
        isSpecialByID.indices.contains(id) && isSpecialByID[id]
    }

    /// The bytes that a token stands for, none for an unknown id.
    func bytes(of id: Int) -> ArraySlice<UInt8> {
        byteRanges.indices.contains(id) ? bytes[byteRanges[id]] : []
    }

    /// Adds a token.
    ///
    /// - Parameters:
    ///   - spelling: the token as the file writes it, not in the vocabulary yet.
    ///   - id: in 0...``largestID``, not in the vocabulary yet.
    ///   - decodedBytes: what the token stands for.
    mutating func add(_ spelling: String, id: Int, decodedBytes: [UInt8]) {
        makeRoom(for: id)
        ids.insert(spelling, value: UInt64(id))
        spellings[id] = spelling
        byteRanges[id] = bytes.count..<bytes.count + decodedBytes.count
        bytes += decodedBytes
        count += 1
    }

    /// Marks a token of the vocabulary as special.
    mutating func markSpecial(_ id: Int) {
        isSpecialByID[id] = true
    }

    private mutating func makeRoom(for id: Int) {
        guard id >= spellings.count else { return }
        let missing = id + 1 - spellings.count
        spellings.append(contentsOf: repeatElement(nil, count: missing))
        byteRanges.append(contentsOf: repeatElement(0..<0, count: missing))
        isSpecialByID.append(contentsOf: repeatElement(false, count: missing))
    }
}
