/// A message of Protocol Buffers, written field by field.
///
/// By hand: these few fields take fewer lines than the code that a compiler of messages would generate for them, and nothing to build.
/// Fields are to be added in the order of their numbers, as that compiler's code writes them.
package struct ProtobufMessage {
    /// The message so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Adds a whole number or one of an enumeration; zero is said by leaving it out.
    package mutating func add(_ field: Int, integer value: Int64) {
        guard value != 0 else { return }
        key(field, .varint)
        varint(UInt64(bitPattern: value))
    }

    /// Adds a number in eight bytes; zero is said by leaving it out.
    package mutating func add(_ field: Int, double value: Double) {
        guard value.bitPattern != 0 else { return }
        key(field, .eightBytes)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Adds a number in four bytes that is one of several things a message may hold, and therefore written though it be zero.
    package mutating func add(_ field: Int, float value: Float) {
        key(field, .fourBytes)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Adds a message or an element of a list.
    package mutating func add(_ field: Int, bytes content: [UInt8]) {
        key(field, .counted)
        varint(UInt64(content.count))
        bytes.append(contentsOf: content)
    }

    /// Adds text.
    package mutating func add(_ field: Int, text: String) { add(field, bytes: Array(text.utf8)) }

    /// Adds a message.
    package mutating func add(_ field: Int, message build: (inout ProtobufMessage) -> Void) {
        var inner = ProtobufMessage()
        build(&inner)
        add(field, bytes: inner.bytes)
    }

    /// How a field is written.
    private enum Wire: UInt64 {
        case varint = 0
        case eightBytes = 1
        case counted = 2
        case fourBytes = 5
    }

    private mutating func key(_ field: Int, _ wire: Wire) { varint(UInt64(field) << 3 | wire.rawValue) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest > 0x7F {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// The whole number in a field of a message.
    /// - Returns: 0 if the field is left out, nil if the bytes are no message.
    package static func number(_ field: UInt64, in message: ArraySlice<UInt8>) -> Int64? {
        var rest = message
        var found: Int64 = 0
        while !rest.isEmpty {
            guard let key = varint(&rest) else { return nil }
            switch Wire(rawValue: key & 7) {
            case .varint:
                guard let value = varint(&rest) else { return nil }
                if key >> 3 == field { found = Int64(bitPattern: value) }
            case .eightBytes:
                guard rest.count >= 8 else { return nil }
                rest = rest.dropFirst(8)
            case .fourBytes:
                guard rest.count >= 4 else { return nil }
                rest = rest.dropFirst(4)
            case .counted:
                guard let count = varint(&rest), count <= rest.count else { return nil }
                rest = rest.dropFirst(Int(count))
            case nil: return nil
            }
        }
        return found
    }

    private static func varint(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 64, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        return nil
    }
}
