/// Brings UTF-8 into Unicode Normalization Form C (Unicode Standard Annex #15).
///
/// Nearly all text is in the form already, so one pass looks for the first scalar that breaks it; only the stretch
/// between two boundaries round such a scalar is decomposed, ordered and composed.
package struct CanonicalComposer: Sendable {
    private let table = ScalarTable.shared
    private let mappings = CanonicalMappings.shared

    /// Makes a composer; all share one table.
    package init() {}

    /// The normalized form of a text.
    ///
    /// - Parameter bytes: valid UTF-8.
    /// - Returns: the UTF-8 of the normalized text, `nil` if the text is in the form already.
    func normalized(_ bytes: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard var stretch = nextStretch(in: bytes, from: 0) else { return nil }
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var copied = 0
        while true {
            output.append(contentsOf: bytes[copied..<stretch.lowerBound])
            appendComposed(bytes, stretch, to: &output)
            copied = stretch.upperBound
            guard let next = nextStretch(in: bytes, from: copied) else { break }
            stretch = next
        }
        output.append(contentsOf: bytes[copied...])
        return output
    }

    /// The normalized form of a string.
    package func normalized(_ text: String) -> String {
        var text = text
        return text.withUTF8 { normalized($0) }.map { String(decoding: $0, as: UTF8.self) } ?? text
    }

    /// The next part of the text that may not be in the form, from one boundary to another.
    ///
    /// - Parameters:
    ///   - bytes: valid UTF-8.
    ///   - start: a boundary from which to look.
    /// - Returns: the bytes to normalize, `nil` if there are none.
    private func nextStretch(in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Range<Int>? {
        var boundary = start
        var lastClass: UInt8 = 0
        var index = start
        while index < bytes.count {
            if bytes[index] < 0x80 {
                // A run of ASCII: each is a boundary, and the last is the one that counts.
                repeat { index += 1 } while index < bytes.count && bytes[index] < 0x80
                boundary = index - 1
                lastClass = 0
                continue
            }
            let (scalar, length) = decodedScalar(in: bytes, at: index)
            let properties = table[scalar]
            if properties.isBoundary {
                boundary = index
                lastClass = 0
            } else {
                let combiningClass = properties.combiningClass
                if properties.mayChange || (combiningClass != 0 && combiningClass < lastClass) {
                    return boundary..<endOfStretch(in: bytes, after: index + length)
                }
                lastClass = combiningClass
            }
            index += length
        }
        return nil
    }

    private func endOfStretch(in bytes: UnsafeBufferPointer<UInt8>, after start: Int) -> Int {
        var index = start
        while index < bytes.count {
            let (scalar, length) = decodedScalar(in: bytes, at: index)
            if table[scalar].isBoundary { break }
            index += length
        }
        return index
    }

    private func appendComposed(
        _ bytes: UnsafeBufferPointer<UInt8>, _ stretch: Range<Int>, to output: inout [UInt8]
    ) {
        var scalars: [UInt32] = []
        var index = stretch.lowerBound
        while index < stretch.upperBound {
            let (scalar, length) = decodedScalar(in: bytes, at: index)
            if let decomposition = mappings.decomposition(of: scalar) {
                scalars += decomposition
            } else {
                scalars.append(scalar)
            }
            index += length
        }
        orderMarks(in: &scalars)
        compose(&scalars)
        for scalar in scalars {
            if let scalar = Unicode.Scalar(scalar) { output.append(contentsOf: UTF8.encode(scalar) ?? .init()) }
        }
    }

    /// Sorts each run of marks by combining class; marks of one class keep their order.
    private func orderMarks(in scalars: inout [UInt32]) {
        var index = 0
        while index < scalars.count {
            let start = index
            while index < scalars.count && table[scalars[index]].combiningClass != 0 { index += 1 }
            if index - start > 1 {
                // The place in the lower half makes the order of equal classes explicit.
                let keys = (start..<index).map { place in
                    UInt64(table[scalars[place]].combiningClass) << 32 | UInt64(place)
                }
                scalars.replaceSubrange(start..<index, with: keys.sorted().map { scalars[Int($0 & 0xFFFF_FFFF)] })
            }
            index += 1
        }
    }

    /// Joins each scalar to the last starter if they compose and nothing between them blocks it.
    private func compose(_ scalars: inout [UInt32]) {
        var kept = 0
        var starter: Int?
        var lastClass: UInt8 = 0
        for scalar in scalars {
            let combiningClass = table[scalar].combiningClass
            let isAdjacent = starter == kept - 1
            if let starter, isAdjacent || lastClass < combiningClass,
                let composite = mappings.composition(of: scalars[starter], scalar)
            {
                scalars[starter] = composite
                continue
            }
            if combiningClass == 0 { starter = kept }
            lastClass = combiningClass
            scalars[kept] = scalar
            kept += 1
        }
        scalars.removeSubrange(kept...)
    }
}

/// The scalar that starts at a place in valid UTF-8, and its length in bytes.
@inline(__always)
func decodedScalar(in bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> (scalar: UInt32, length: Int) {
    let lead = UInt32(bytes[index])
    if lead < 0x80 { return (lead, 1) }
    let second = UInt32(bytes[index + 1] & 0x3F)
    if lead < 0xE0 { return ((lead & 0x1F) << 6 | second, 2) }
    let third = UInt32(bytes[index + 2] & 0x3F)
    if lead < 0xF0 { return ((lead & 0x0F) << 12 | second << 6 | third, 3) }
    return ((lead & 0x07) << 18 | second << 12 | third << 6 | UInt32(bytes[index + 3] & 0x3F), 4)
}
