import Images

/// A picture in 32 x 32 pixels, each the mean of what it covers, whatever the size was.
struct Thumbnail: Sendable, Equatable {
    static let side = 32

    /// Red, green and blue, 0...255, [row, column, 3].
    let samples: [UInt8]
    /// The brightness before rounding (ITU-R BT.601), [row, column].
    let luma: [Float]

    init(_ image: RGBImage) {
        let side = Self.side
        var sums = [Float](repeating: 0, count: side * side * 3)
        let (columns, rows) = (Self.shares(image.width), Self.shares(image.height))
        var line = [Float](repeating: 0, count: side * 3)
        image.pixels.withUnsafeBufferPointer { pixels in
            for y in 0..<image.height {
                for place in line.indices { line[place] = 0 }
                let start = y * image.width * 3
                for x in 0..<image.width {
                    let (red, green, blue) = (
                        Float(pixels[start + 3 * x]), Float(pixels[start + 3 * x + 1]), Float(pixels[start + 3 * x + 2])
                    )
                    for share in columns[x] {
                        line[3 * share.place] += share.weight * red
                        line[3 * share.place + 1] += share.weight * green
                        line[3 * share.place + 2] += share.weight * blue
                    }
                }
                for share in rows[y] {
                    let start = share.place * side * 3
                    for place in line.indices { sums[start + place] += share.weight * line[place] }
                }
            }
        }
        samples = sums.map { UInt8(max(0, min(255, $0.rounded()))) }
        luma = (0..<side * side).map { 0.299 * sums[3 * $0] + 0.587 * sums[3 * $0 + 1] + 0.114 * sums[3 * $0 + 2] }
    }

    private struct Share { var place: Int, weight: Float }

    /// For every pixel of a side the pixels of the thumbnail it lies in, with its part of each.
    private static func shares(_ length: Int) -> [[Share]] {
        let scale = Double(side) / Double(length)
        return (0..<length).map { pixel in
            let (start, end) = (Double(pixel) * scale, Double(pixel + 1) * scale)
            return (Int(start)...min(side - 1, max(Int(start), Int(end.rounded(.up)) - 1))).compactMap { place in
                let covered = min(end, Double(place + 1)) - max(start, Double(place))
                return covered > 0 ? Share(place: place, weight: Float(covered)) : nil
            }
        }
    }

    /// The largest difference of two thumbnails: of all squares of 2 x 2 pixels the one whose means differ most, in the
    /// channel in which they differ most, 0...255.
    func difference(_ other: Thumbnail) -> Double {
        let (side, line) = (Self.side, Self.side * 3)
        var most = 0
        for row in 0..<side - 1 {
            for place in row * line..<row * line + line - 3 {
                var sum = 0
                for corner in [place, place + 3, place + line, place + line + 3] {
                    sum += Int(samples[corner]) - Int(other.samples[corner])
                }
                most = max(most, abs(sum))
            }
        }
        return Double(most) / 4
    }
}
