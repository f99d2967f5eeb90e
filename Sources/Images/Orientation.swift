/// How stored pixels must be turned to stand upright; the raw values are those of the EXIF tag 0x0112.
enum Orientation: Int {
    case upright = 1
    case mirrored
    case upsideDown
    case mirroredUpsideDown
    case transposed
    case turnClockwise
    case transverse
    case turnCounterclockwise

    /// True if upright pixels have the stored width as their height.
    var swapsSides: Bool { rawValue >= Orientation.transposed.rawValue }

    /// Where the pixels of an upright image lie in the stored one, counted in pixels: (X, Y) at
    /// `start + X * right + Y * down`.
    private func steps(width: Int, height: Int) -> (start: Int, right: Int, down: Int) {
        let lastInRow = width - 1
        let lastRow = (height - 1) * width
        switch self {
        case .upright: return (0, 1, width)
        case .mirrored: return (lastInRow, -1, width)
        case .upsideDown: return (lastRow + lastInRow, -1, -width)
        case .mirroredUpsideDown: return (lastRow, 1, -width)
        case .transposed: return (0, width, 1)
        case .turnClockwise: return (lastRow, -width, 1)
        case .transverse: return (lastRow + lastInRow, -width, -1)
        case .turnCounterclockwise: return (lastInRow, width, -1)
        }
    }

    /// The pixels set upright.
    ///
    /// - Parameters:
    ///   - stored: [height, width, 3], as stored.
    ///   - width: the stored width in pixels.
    ///   - height: the stored height in pixels.
    /// - Returns: [height, width, 3], or [width, height, 3] if the sides are swapped.
    func upright(_ stored: [UInt8], width: Int, height: Int) -> [UInt8] {
        precondition(stored.count == width * height * 3, "the caller decoded every pixel")
        if self == .upright { return stored }
        let (start, right, down) = steps(width: width, height: height)
        let columns = swapsSides ? height : width
        let rows = swapsSides ? width : height
        return [UInt8](unsafeUninitializedCapacity: stored.count) { target, initialized in
            stored.withUnsafeBufferPointer { source in
                var written = 0
                for row in 0..<rows {
                    var read = (start + row * down) * 3
                    for _ in 0..<columns {
                        target[written] = source[read]
                        target[written + 1] = source[read + 1]
                        target[written + 2] = source[read + 2]
                        written += 3
                        read += right * 3
                    }
                }
                initialized = written
            }
        }
    }
}
