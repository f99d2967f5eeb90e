import Testing
import Torch

/// Masks that are a function of a key.
@Suite struct DropoutTests {
    /// Our loop in float32 and bfloat16, libtorch's operations in float64: one formula.
    @Test func allTypesDropTheSame() throws {
        for shape in [[3, 1000], [70_001], [0, 4]] {
            let wide = try Tensor.dropoutMask(shape, probability: 0.3, key: 0xFEDC_BA98_7654_3210, dtype: .float64)
            let expected = try wide.values(as: Double.self).map { $0 == 0 }
            for dtype in [DType.float32, .bfloat16] {
                let mask = try Tensor.dropoutMask(shape, probability: 0.3, key: 0xFEDC_BA98_7654_3210, dtype: dtype)
                #expect(mask.shape == shape && mask.dtype == dtype)
                #expect(try mask.floats().map { $0 == 0 } == expected)
            }
            #expect(try wide.values(as: Double.self).allSatisfy { $0 == 0 || $0 == 1 / 0.7 })
        }
    }

    @Test func masksHangOnTheKeyAlone() throws {
        let threads = Runtime.threadCount
        defer { try? Runtime.setThreadCount(threads) }
        let mask = try Tensor.dropoutMask([200, 700], probability: 0.1, key: 5).floats()
        try Runtime.setThreadCount(1)
        for bits in [512, 256, 128] {
            let other = try Runtime.withVectorWidth(atMost: bits) {
                try Tensor.dropoutMask([200, 700], probability: 0.1, key: 5).floats()
            }
            #expect(other == mask)
        }
        #expect(try Tensor.dropoutMask([200, 700], probability: 0.1, key: 6).floats() != mask)
        #expect(try Array(Tensor.dropoutMask([700], probability: 0.1, key: 5).floats()) == Array(mask.prefix(700)))
    }

    @Test func shareAndMean() throws {
        for probability in [0, 0.05, 0.5, 0.9] {
            let count = 400_000
            let mask = try Tensor.dropoutMask([count], probability: probability, key: 77).floats()
            let dropped = Double(mask.count { $0 == 0 }) / Double(count)
            // Six standard deviations.
            #expect(abs(dropped - probability) <= 6 * (probability * (1 - probability) / Double(count)).squareRoot())
            // Neighbours have nothing to do with each other.
            let both = Double(zip(mask, mask.dropFirst()).count { $0 == 0 && $1 == 0 }) / Double(count - 1)
            #expect(abs(both - probability * probability) < 0.005)
        }
    }

    @Test func aProbabilityOutOfRangeIsRefused() {
        for probability in [-0.1, 1, .nan] {
            #expect(throws: TorchError.self) { try Tensor.dropoutMask([2], probability: probability, key: 0) }
        }
    }
}
