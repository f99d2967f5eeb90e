import Foundation

/// A safetensors file, opened for reading by a memory map.
///
/// Opening reads and checks the header only; a tensor's bytes are read from disk when they are touched. The format is
/// the one of the `safetensors` library: 8 bytes with the header's length, the header as JSON, the tensors' bytes.
public final class SafetensorsFile: Sendable {
    /// Where the file lies.
    public let url: URL
    /// The free-form strings that the writer left under `__metadata__`; empty where there are none.
    public let metadata: [String: String]
    /// The tensors in the order of their bytes.
    public let entries: [SafetensorsEntry]

    private let map: MappedFile
    private let positions: [ExactName: Int]

    /// Opens the file at `url` and checks its header completely.
    /// - Parameter url: a file on this machine; links are followed.
    /// - Throws: ``SafetensorsError`` if the file cannot be mapped or breaks a rule of the format.
    public init(contentsOf url: URL) throws {
        let map = try MappedFile(path: url.path, minimumByteCount: Header.lengthByteCount)
        let header = try Header(
            parsing: try Self.headerBytes(of: map, path: url.path), fileByteCount: map.bytes.count, path: url.path)
        self.url = url
        self.map = map
        metadata = header.metadata
        entries = header.entries
        positions = Dictionary(
            uniqueKeysWithValues: header.entries.enumerated().map { (ExactName($0.element.name), $0.offset) })
    }

    /// The tensors' names in the order of their bytes.
    public var names: [String] { entries.map(\.name) }

    /// Tells whether the file holds a tensor of this name, compared byte for byte.
    /// - Parameter name: a tensor's name.
    /// - Returns: whether there is one.
    public func contains(_ name: String) -> Bool {
        positions[ExactName(name)] != nil
    }

    /// Looks up what the header says of one tensor.
    /// - Parameter name: a tensor's name, compared byte for byte.
    /// - Returns: its type, shape and place.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``.
    public func entry(named name: String) throws -> SafetensorsEntry {
        guard let position = positions[ExactName(name)] else {
            throw SafetensorsError.unknownTensor(path: url.path, tensor: name, count: entries.count)
        }
        return entries[position]
    }

    /// Lends one tensor's bytes to a closure, without copying them.
    /// - Parameters:
    ///   - name: a tensor's name, compared byte for byte.
    ///   - body: receives the bytes, row-major and little-endian, which are valid during the call only.
    /// - Returns: what `body` returns.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``, or what `body` throws.
    public func withUnsafeBytes<Result>(
        of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        let region = try region(of: name)
        return try withExtendedLifetime(region.owner) { try body(region.bytes) }
    }

    /// Hands out one tensor's bytes together with the object that keeps them in memory.
    ///
    /// To make a tensor that shares the memory, retain ``MappedRegion/owner`` for as long as the tensor lives; the
    /// file object itself may go.
    /// - Parameter name: a tensor's name, compared byte for byte.
    /// - Returns: the bytes and their owner.
    /// - Throws: ``SafetensorsError/unknownTensor(path:tensor:count:)``.
    public func region(of name: String) throws -> MappedRegion {
        MappedRegion(owner: map, byteRange: try entry(named: name).byteRange)
    }

    private static func headerBytes(of map: MappedFile, path: String) throws -> [UInt8] {
        let length = UInt64(littleEndian: map.bytes.loadUnaligned(as: UInt64.self))
        guard length <= UInt64(Header.maximumByteCount) else {
            throw SafetensorsError.header(path: path, .tooLong(length: length, limit: Header.maximumByteCount))
        }
        let available = map.bytes.count - Header.lengthByteCount
        guard length <= UInt64(available) else {
            throw SafetensorsError.header(path: path, .pastEndOfFile(length: Int(length), available: available))
        }
        return Array(map.bytes[Header.lengthByteCount..<Header.lengthByteCount + Int(length)])
    }
}
