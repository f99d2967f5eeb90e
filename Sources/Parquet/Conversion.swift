import CParquet
import Foundation

extension ParquetColumn {
    /// A field of the shim with its parts.
    init(_ field: CParquetField) {
        name = String(cString: cparquet_field_name(field))
        kind = ParquetKind(field)
    }
}

extension ParquetKind {
    fileprivate init(_ field: CParquetField) {
        switch cparquet_field_kind(field) {
        case CPARQUET_NULL: self = .null
        case CPARQUET_BOOL: self = .bool
        case CPARQUET_INTEGER: self = .integer
        case CPARQUET_NUMBER: self = .number
        case CPARQUET_TEXT: self = .text
        case CPARQUET_BYTES: self = .bytes
        case CPARQUET_LIST: self = .list(ParquetKind(cparquet_field_part(field, 0)))
        case CPARQUET_STRUCTURE:
            self = .structure(
                (0..<cparquet_field_part_count(field)).map { ParquetColumn(cparquet_field_part(field, $0)) })
        default:
            var type = CParquetValue()
            self = .unsupported(cparquet_field_type(field, &type) == 0 ? type.text : "of no name")
        }
    }
}

extension ParquetValue {
    /// A value of the batch, copied out of it.
    /// - Throws: ``ShimFailure``.
    init(_ array: CParquetArray, at index: Int64, kind: ParquetKind) throws {
        var value = CParquetValue()
        try checked(cparquet_value(array, index, &value))
        switch value.kind {
        case CPARQUET_BOOL: self = .bool(value.integer != 0)
        case CPARQUET_INTEGER: self = .integer(value.integer)
        case CPARQUET_NUMBER: self = .number(value.number)
        case CPARQUET_TEXT: self = .text(value.text)
        case CPARQUET_BYTES: self = .bytes(Data(value.bytes))
        case CPARQUET_LIST:
            guard case .list(let itemKind) = kind else { throw Self.otherKind }
            self = .list(
                try (0..<value.count).map { try ParquetValue(value.array, at: value.first + $0, kind: itemKind) })
        case CPARQUET_STRUCTURE:
            guard case .structure(let members) = kind else { throw Self.otherKind }
            var parts = [String: ParquetValue](minimumCapacity: members.count)
            for (place, member) in members.enumerated() {
                let values = cparquet_member(value.array, Int32(place))
                parts[member.name] = try ParquetValue(values, at: value.first, kind: member.kind)
            }
            self = .structure(parts)
        default: self = .null
        }
    }

    private static var otherKind: ShimFailure { ShimFailure(reason: "a value is of another kind than its column") }
}

extension CParquetValue {
    fileprivate var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: Int(count)) }

    /// Its bytes as text, which Arrow has found to be valid UTF-8.
    fileprivate var text: String { String(decoding: bytes, as: UTF8.self) }
}
