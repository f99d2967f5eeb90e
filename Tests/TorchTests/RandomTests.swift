import Testing
import Torch

/// Seeds: the generator is one for the process, so these run one after the other.
@Suite(.serialized) struct RandomTests {
    @Test func theNumbersAreThoseOfPyTorch() throws {
        let golden = try Golden()
        // Another suite may draw between two calls; a disturbed attempt is repeated.
        let equal = try (0..<20).contains { _ in
            try Runtime.seed(0)
            let (normal, uniform) = (try Tensor.randn([20]), try Tensor.rand([20]))
            return try relativeDifference(normal, golden.tensor("random.normal")) < 1e-6
                && uniform.floats() == golden.tensor("random.uniform").floats()
        }
        #expect(equal)
    }

    @Test func integersStayInTheirRange() throws {
        let drawn = try Tensor.randint(3..<7, [500]).values(as: Int.self)
        #expect(Set(drawn) == [3, 4, 5, 6])
    }
}
