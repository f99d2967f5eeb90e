/// The content of one file to be written: its header, and its tensors in the order of their bytes.
struct FilePlan {
    /// Length, JSON and padding: everything before the data.
    let header: [UInt8]
    let tensors: [SafetensorsWriter.Tensor]
    /// The size of the whole file.
    let byteCount: Int

    /// Checks and orders tensors and lays out their header.
    ///
    /// Byte for byte the reference's layout: widest elements first, then by name; keys without spaces; padded with
    /// spaces to a multiple of 8. Only the metadata are sorted by key here, where the reference's order is random.
    /// - Parameters:
    ///   - tensors: in any order.
    ///   - metadata: strings for `__metadata__`, which is left out if there are none.
    ///   - path: the file, for messages.
    /// - Throws: ``SafetensorsError`` if a name, a shape or the header's length is impossible.
    init(_ tensors: [SafetensorsWriter.Tensor], metadata: [String: String], path: String) throws {
        try Self.checkNames(tensors, path: path)
        self.tensors = tensors.sorted { left, right in
            left.dtype == right.dtype
                ? ExactName(left.name) < ExactName(right.name)
                : left.dtype.storageRank < right.dtype.storageRank
        }
        var members: [String] = metadata.isEmpty ? [] : [Self.metadataMember(metadata)]
        var end = 0
        for tensor in self.tensors {
            let begin = end
            end = try Self.sum(begin, try tensor.byteCount(path: path), tensor: tensor, path: path)
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            members.append(
                JSONText.quoted(tensor.name)
                    + ":{\"dtype\":\"\(tensor.dtype.rawValue)\",\"shape\":[\(shape)],\"data_offsets\":[\(begin),\(end)]}"
            )
        }
        var json = Array("{\(members.joined(separator: ","))}".utf8)
        while json.count % 8 != 0 { json.append(UInt8(ascii: " ")) }
        guard json.count <= Header.maximumByteCount else {
            throw SafetensorsError.writing(
                path: path, .headerTooLong(length: json.count, limit: Header.maximumByteCount))
        }
        header = withUnsafeBytes(of: UInt64(json.count).littleEndian, Array.init) + json
        byteCount = header.count + end
    }

    /// Writes header and tensors, asking each tensor for its bytes when their turn comes.
    /// - Parameters:
    ///   - file: receives the bytes.
    ///   - path: the file, for messages.
    /// - Throws: what a tensor's source throws, or ``SafetensorsError/writing(path:_:)``.
    func emit(into file: StagedFile, path: String) throws {
        try header.withUnsafeBytes(file.write)
        for tensor in tensors {
            let expected = try tensor.byteCount(path: path)
            var found = 0
            try tensor.supply { bytes in
                found += bytes.count
                guard found <= expected else { return }  // refused below; the file is never committed
                try file.write(bytes)
            }
            guard found == expected else {
                throw SafetensorsError.writing(
                    path: path, .wrongByteCount(tensor: tensor.name, expected: expected, found: found))
            }
        }
    }

    /// Checks that every tensor has a name of its own that the format allows.
    /// - Parameters:
    ///   - tensors: the tensors of one checkpoint.
    ///   - path: the file or folder, for messages.
    /// - Throws: ``SafetensorsError/writing(path:_:)``.
    static func checkNames(_ tensors: [SafetensorsWriter.Tensor], path: String) throws {
        if let name = firstDuplicate(in: tensors.lazy.map(\.name)) {
            throw SafetensorsError.writing(path: path, .repeatedName(name))
        }
        if tensors.contains(where: { $0.name == Header.metadataKey }) {
            throw SafetensorsError.writing(path: path, .reservedName)
        }
    }

    private static func metadataMember(_ metadata: [String: String]) -> String {
        let members = metadata.sorted { ExactName($0.key) < ExactName($1.key) }
            .map { "\(JSONText.quoted($0.key)):\(JSONText.quoted($0.value))" }
        return "\(JSONText.quoted(Header.metadataKey)):{\(members.joined(separator: ","))}"
    }

    private static func sum(
        _ begin: Int, _ byteCount: Int, tensor: SafetensorsWriter.Tensor, path: String
    ) throws -> Int {
        let (end, overflow) = begin.addingReportingOverflow(byteCount)
        // Room is left for the header, so that the size of the file cannot overflow either.
        guard !overflow, end < Int.max - 2 * Header.maximumByteCount else { throw tensor.overflow(path: path) }
        return end
    }
}
