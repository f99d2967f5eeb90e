extension SafetensorsError {
    /// Why a file cannot be read at all.
    public enum FileProblem: Equatable, Sendable {
        /// The system refuses to open it, for the `reason` it gives.
        case cannotOpen(reason: String)
        /// It is a folder, a device or a pipe.
        case notARegularFile
        /// The system refuses to map its `byteCount` bytes into memory, for the `reason` it gives.
        case cannotMap(byteCount: Int, reason: String)

        var sentence: String {
            switch self {
            case .cannotOpen(let reason):
                "cannot be opened (\(reason)); check the path and its permissions"
            case .notARegularFile:
                "is not a file; give the path of a .safetensors file"
            case .cannotMap(let byteCount, let reason):
                "cannot be mapped into memory (\(byteCount) bytes: \(reason)); check the limits on address space"
            }
        }
    }

    /// Why the header of a file cannot be used.
    public enum HeaderProblem: Equatable, Sendable {
        /// The file is shorter than the 8 bytes that hold the header's length.
        case fileTooShort(byteCount: Int)
        /// The header claims `length` bytes, more than the `limit` that readers agree on.
        case tooLong(length: UInt64, limit: Int)
        /// The header claims `length` bytes, but only `available` follow its length.
        case pastEndOfFile(length: Int, available: Int)
        /// The header does not begin with `{`; `byte` is its first one, nil if it is empty.
        case noOpeningBrace(byte: UInt8?)
        /// The header's byte at `offset` is not UTF-8.
        case notUTF8(offset: Int)
        /// The header's byte at `offset` is not JSON, for the `reason` given.
        case notJSON(offset: Int, reason: String)
        /// The header has the same key, a tensor's name or `__metadata__`, more than once.
        case repeatedKey(String)
        /// `__metadata__` is `found` instead of an object.
        case metadataNotAnObject(found: String)
        /// A value in `__metadata__` is `found` instead of a string.
        case metadataNotAString(key: String, found: String)
        /// `__metadata__` has the same key more than once.
        case repeatedMetadataKey(String)
        /// The last tensor ends at byte `end` of a data section of `dataByteCount`.
        case trailingBytes(end: Int, dataByteCount: Int)

        var sentence: String {
            switch self {
            case .fileTooShort(let byteCount):
                "it has \(byteCount) bytes, fewer than the 8 that hold the header's length; fetch or save it again"
            case .tooLong(let length, let limit):
                "its header claims \(length) bytes, more than the \(limit) allowed; check that it is a safetensors file"
            case .pastEndOfFile(let length, let available):
                "its header claims \(length) bytes but \(available) are left in the file; fetch or save it again"
            case .noOpeningBrace(let byte):
                "its header must begin with '{' and \(byte.map { "begins with byte \($0)" } ?? "is empty"); "
                    + "check that it is a safetensors file"
            case .notUTF8(let offset):
                "its header is not UTF-8 at byte \(offset); fetch or save it again"
            case .notJSON(let offset, let reason):
                "its header is not JSON at byte \(offset), where \(reason); fetch or save it again"
            case .repeatedKey(let key):
                "its header has the key \(JSONText.quoted(key)) more than once; save it again with distinct names"
            case .metadataNotAnObject(let found):
                "its __metadata__ must be an object of strings and is \(found); save it again without it"
            case .metadataNotAString(let key, let found):
                "its __metadata__ must hold strings only and has \(found) at \(JSONText.quoted(key)); "
                    + "save it again with strings"
            case .repeatedMetadataKey(let key):
                "its __metadata__ has the key \(JSONText.quoted(key)) more than once; save it again with distinct keys"
            case .trailingBytes(let end, let dataByteCount):
                "its last tensor ends at data byte \(end) but the data has \(dataByteCount) bytes; "
                    + "fetch or save it again"
            }
        }
    }

    /// What is impossible about one tensor of a header.
    ///
    /// Byte offsets count from the beginning of the data section, as they do in headers.
    public enum TensorProblem: Equatable, Sendable {
        /// Its entry is `found` instead of an object.
        case notAnObject(found: String)
        /// Its entry lacks the field `dtype`, `shape` or `data_offsets`.
        case missingField(String)
        /// Its entry has the same field more than once.
        case repeatedField(String)
        /// A field is `found` instead of what is `expected` of it.
        case malformedField(String, expected: String, found: String)
        /// Its element type is none of the format's.
        case unknownDType(String)
        /// Its element type is one of the format's that this module does not read.
        case unsupportedDType(String)
        /// Its size in bytes passes what 64 bits can count; `shape` as written.
        case shapeOverflow(shape: String, dtype: SafetensorsDType)
        /// Its data end before they begin.
        case offsetsReversed(begin: Int, end: Int)
        /// Its data reach beyond the `dataByteCount` bytes that the file has.
        case offsetsOutOfRange(begin: Int, end: Int, dataByteCount: Int)
        /// Its data take `found` bytes, its shape and element type `expected`.
        case sizeMismatch(shape: [Int], dtype: SafetensorsDType, expected: Int, found: Int)
        /// Its data begin before those of `other` end.
        case overlap(begin: Int, other: String, otherEnd: Int)
        /// Its data begin later than those before it end.
        case hole(begin: Int, previousEnd: Int)

        var sentence: String {
            switch self {
            case .notAnObject(let found):
                "must be an object of dtype, shape and data_offsets and is \(found); save the file again"
            case .missingField(let field):
                "has no \(field) in the header; save the file again"
            case .repeatedField(let field):
                "has \(JSONText.quoted(field)) more than once in the header; save the file again"
            case .malformedField(let field, let expected, let found):
                "has the \(field) \(found), which must be \(expected); save the file again"
            case .unknownDType(let name):
                "has the unknown dtype \(JSONText.quoted(name)); convert it to one of "
                    + SafetensorsDType.allCases.map(\.rawValue).joined(separator: ", ")
            case .unsupportedDType(let name):
                "has the dtype \(name), which is not supported here; convert it to one of "
                    + SafetensorsDType.allCases.map(\.rawValue).joined(separator: ", ")
            case .shapeOverflow(let shape, let dtype):
                "has the shape \(shape) of \(dtype.rawValue), whose size no 64-bit integer holds; save the file again"
            case .offsetsReversed(let begin, let end):
                "ends at data byte \(end), before it begins at \(begin); save the file again"
            case .offsetsOutOfRange(let begin, let end, let dataByteCount):
                "lies at data bytes \(begin)..<\(end) but the file has only \(dataByteCount); "
                    + "it may be cut short, so fetch or save it again"
            case .sizeMismatch(let shape, let dtype, let expected, let found):
                "has \(found) bytes of data but its shape \(shape) of \(dtype.rawValue) takes \(expected); "
                    + "save the file again"
            case .overlap(let begin, let other, let otherEnd):
                "begins at data byte \(begin), inside tensor \(JSONText.quoted(other)), which ends at \(otherEnd); "
                    + "save the file again"
            case .hole(let begin, let previousEnd):
                "begins at data byte \(begin) although the data before it end at \(previousEnd), and no byte "
                    + "may be left out; save the file again"
            }
        }
    }
}
