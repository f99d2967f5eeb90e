/// Turns one member of a header into a checked entry.
struct EntryParser {
    let name: String
    /// The file, for messages.
    let path: String
    /// Where in the file the data section begins.
    let dataStart: Int
    let fileByteCount: Int

    /// Reads `dtype`, `shape` and `data_offsets`; other fields are passed over, as the reference does.
    /// - Parameter value: the member's value.
    /// - Returns: the entry, its bytes inside the file and as many as its shape and type take.
    /// - Throws: ``SafetensorsError/tensor(path:tensor:_:)``.
    func entry(_ value: JSONValue) throws -> SafetensorsEntry {
        guard case .object(let members) = value else { throw error(.notAnObject(found: value.excerpt)) }
        let dtype = try dtype(try field("dtype", of: members))
        let shape = try shape(try field("shape", of: members), dtype: dtype)
        let (begin, end) = try offsets(try field("data_offsets", of: members))
        guard let byteCount = dtype.byteCount(ofShape: shape) else {
            throw error(.shapeOverflow(shape: "\(shape)", dtype: dtype))
        }
        guard begin <= end else { throw error(.offsetsReversed(begin: begin, end: end)) }
        guard end - begin == byteCount else {
            throw error(.sizeMismatch(shape: shape, dtype: dtype, expected: byteCount, found: end - begin))
        }
        let dataByteCount = fileByteCount - dataStart
        guard end <= dataByteCount else {
            throw error(.offsetsOutOfRange(begin: begin, end: end, dataByteCount: dataByteCount))
        }
        return SafetensorsEntry(
            name: name, dtype: dtype, shape: shape, byteRange: dataStart + begin..<dataStart + end)
    }

    private func field(_ key: String, of members: [JSONValue.Member]) throws -> JSONValue {
        let found = members.filter { $0.key == key }
        guard found.count < 2 else { throw error(.repeatedField(key)) }
        guard let member = found.first else { throw error(.missingField(key)) }
        return member.value
    }

    private func dtype(_ value: JSONValue) throws -> SafetensorsDType {
        guard case .string(let text) = value else {
            throw error(.malformedField("dtype", expected: "a string", found: value.excerpt))
        }
        if let dtype = SafetensorsDType(rawValue: text) { return dtype }
        throw error(SafetensorsDType.unsupportedNames.contains(text) ? .unsupportedDType(text) : .unknownDType(text))
    }

    private func shape(_ value: JSONValue, dtype: SafetensorsDType) throws -> [Int] {
        guard let texts = wholeNumbers(value) else {
            throw error(
                .malformedField("shape", expected: "a list of integers, none of them negative", found: value.excerpt))
        }
        return try texts.map { text in
            guard let dimension = Int(text) else { throw error(.shapeOverflow(shape: value.excerpt, dtype: dtype)) }
            return dimension
        }
    }

    private func offsets(_ value: JSONValue) throws -> (begin: Int, end: Int) {
        guard let texts = wholeNumbers(value), texts.count == 2, let begin = Int(texts[0]), let end = Int(texts[1])
        else {
            throw error(
                .malformedField(
                    "data_offsets", expected: "two 64-bit integers, none of them negative", found: value.excerpt))
        }
        return (begin, end)
    }

    /// The digits of each element if `value` is a list of integers without sign, else nil.
    private func wholeNumbers(_ value: JSONValue) -> [String]? {
        guard case .array(let elements) = value else { return nil }
        var texts: [String] = []
        for case .number(let text) in elements where text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            texts.append(text)
        }
        return texts.count == elements.count ? texts : nil
    }

    private func error(_ problem: SafetensorsError.TensorProblem) -> SafetensorsError {
        .tensor(path: path, tensor: name, problem)
    }
}
