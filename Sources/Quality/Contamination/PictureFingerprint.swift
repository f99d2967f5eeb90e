import Crypto
import Foundation
import Images

/// What of a picture stays the same when it is encoded or scaled anew.
///
/// The hash has a bit for each of the 64 lowest frequencies of a 32 x 32 grey thumbnail without the constant one (DCT-II,
/// by u + v): whether it lies above their median (Zauner, Implementation and Benchmarking of Perceptual Image Hash
/// Functions, 2010, 3.2.2, there 8 x 8 of them). A frequency within one grey level of the median gives a bit that
/// encoding may turn; such bits are known and left out of comparisons. With fewer than 16 firm bits (a flat or nearly
/// empty picture) the hash says nothing, and only equal pixels are the same picture.
public struct PictureFingerprint: Sendable, Equatable {
    /// A bit for each low frequency of the picture's cosine transform: whether it is above their median.
    public let hash: UInt64
    /// The bits that are firm.
    public let firm: UInt64
    /// Width over height.
    public let aspect: Double
    let thumbnail: Thumbnail
    let digest: [UInt8]

    /// The fewest firm bits of a hash that says something.
    static let fewestFirmBits = 16
    /// How much two pictures may differ in width over height, as a share: scaling rounds the sides.
    static let largestStretch = 0.04

    /// Whether the hash says nothing.
    public var isDegenerate: Bool { firm.nonzeroBitCount < Self.fewestFirmBits }

    /// Looks at a picture.
    /// - Parameter image: its pixels.
    public init(_ image: RGBImage) {
        thumbnail = Thumbnail(image)
        aspect = Double(image.width) / Double(image.height)
        let frequencies = Self.frequencies(thumbnail.luma)
        let sorted = frequencies.sorted()
        let median = (sorted[31] + sorted[32]) / 2
        var (hash, firm): (UInt64, UInt64) = (0, 0)
        for (bit, value) in frequencies.enumerated() {
            if value > median { hash |= 1 << UInt64(bit) }
            if abs(value - median) >= 1 { firm |= 1 << UInt64(bit) }
        }
        (self.hash, self.firm) = (hash, firm)
        var digest = SHA256()
        digest.update(data: Data("\(image.width)x\(image.height)".utf8))
        image.pixels.withUnsafeBytes { digest.update(bufferPointer: $0) }
        self.digest = Array(digest.finalize().prefix(16))
    }

    /// Decodes and looks at a picture.
    /// - Parameters:
    ///   - data: a JPEG, PNG or WebP file.
    ///   - name: what errors call it.
    /// - Throws: `ImageError` if it cannot be decoded.
    public init(encoded data: Data, name: String) throws { self.init(try RGBImage(encoded: data, name: name)) }

    /// In how many firm bits two hashes differ.
    /// - Parameter other: another picture.
    /// - Returns: 0 to 64.
    public func distance(_ other: PictureFingerprint) -> Int {
        ((hash ^ other.hash) & firm & other.firm).nonzeroBitCount
    }

    /// By how much the thumbnails differ in the square of 2 x 2 of 32 x 32 pixels where they differ most.
    /// - Parameter other: another picture.
    /// - Returns: levels, 0...255.
    public func difference(_ other: PictureFingerprint) -> Double { thumbnail.difference(other.thumbnail) }

    /// Whether two files show the same picture.
    /// - Parameters:
    ///   - other: another picture.
    ///   - largestDistance: in how many firm bits the hashes may differ.
    ///   - largestDifference: by how much the thumbnails may differ anywhere, in levels of 0...255.
    /// - Returns: whether hash, shape and thumbnail agree, or all pixels if a hash says nothing.
    public func shows(_ other: PictureFingerprint, largestDistance: Int, largestDifference: Double) -> Bool {
        if digest == other.digest { return true }
        guard !isDegenerate, !other.isDegenerate, distance(other) <= largestDistance else { return false }
        guard abs(log(aspect / other.aspect)) <= Self.largestStretch else { return false }
        return thumbnail.difference(other.thumbnail) <= largestDifference
    }

    // MARK: Frequencies

    /// (u, v) of the 64 lowest frequencies behind the constant one: by u + v, then by v.
    private static let lowest: [(u: Int, v: Int)] = (1..<side).flatMap { sum in (0...sum).map { (sum - $0, $0) } }
        .prefix(64).map { (u: $0.0, v: $0.1) }
    private static let side = Thumbnail.side
    /// [frequency, place]: the orthonormal DCT-II.
    private static let cosines: [[Float]] = (0..<12).map { frequency in
        let scale = (frequency == 0 ? 1.0 : 2.0) / Double(side)
        return (0..<side).map { place in
            Float(scale.squareRoot() * cos(.pi * Double(frequency) * (Double(place) + 0.5) / Double(side)))
        }
    }

    private static func frequencies(_ luma: [Float]) -> [Float] {
        // [row, u]
        let rows = (0..<side).map { row in
            cosines.map { cosine in (0..<side).reduce(Float(0)) { $0 + cosine[$1] * luma[row * side + $1] } }
        }
        return lowest.map { u, v in (0..<side).reduce(Float(0)) { $0 + cosines[v][$1] * rows[$1][u] } }
    }
}
