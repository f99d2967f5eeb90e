/// Records one after another in a file, as TFRecord frames them.
///
/// A record is its length in eight bytes, their masked CRC-32C in four, the data, and its masked CRC-32C in four; numbers are written
/// lowest byte first.
package enum RecordFraming {
    private static let headerCount = 12
    private static let footerCount = 4

    /// Data with its frame.
    package static func framed(_ data: [UInt8]) -> [UInt8] {
        let length = bytes(UInt64(data.count))
        return length + bytes(CRC32C.masked(length)) + data + bytes(CRC32C.masked(data))
    }

    /// The whole records at the beginning of a file: what follows the first damaged one cannot be told from it.
    /// - Parameter file: the bytes of the file.
    /// - Returns: for every record its place with its frame, and its data.
    package static func records(in file: ArraySlice<UInt8>) -> [(place: Range<Int>, data: ArraySlice<UInt8>)] {
        var records: [(place: Range<Int>, data: ArraySlice<UInt8>)] = []
        var start = file.startIndex
        while file.endIndex - start >= headerCount + footerCount {
            let length: UInt64 = number(file[start..<start + 8])
            let room = file.endIndex - start - headerCount - footerCount
            guard CRC32C.masked(file[start..<start + 8]) == number(file[start + 8..<start + 12]), length <= room else {
                break
            }
            let end = start + headerCount + Int(length)
            let data = file[start + headerCount..<end]
            guard CRC32C.masked(data) == number(file[end..<end + footerCount]) else { break }
            records.append((start..<end + footerCount, data))
            start = end + footerCount
        }
        return records
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }

    private static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>) -> Number {
        bytes.reversed().reduce(0) { $0 << 8 | Number($1) }
    }
}
