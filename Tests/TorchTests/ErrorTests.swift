import Foundation
import Testing
import Torch

/// A C++ exception becomes a Swift error with libtorch's message; nothing else happens.
@Suite struct ErrorTests {
    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "nothing was thrown"
        } catch let error as TorchError {
            return error.localizedDescription
        } catch {
            return "another error: \(error)"
        }
    }

    @Test func libtorchSaysWhatIsWrong() throws {
        let x = try Tensor.zeros([2, 3])
        #expect(message { _ = try x.matmul(x) }.contains("mat1 and mat2 shapes cannot be multiplied"))
        #expect(message { _ = try x.reshape([4, 4]) }.contains("invalid for input of size 6"))
        #expect(message { _ = try x.indexSelect(0, Tensor([7])) }.contains("index out of range"))
        #expect(message { _ = try x + Tensor.zeros([5]) }.contains("must match the size"))
        #expect(message { _ = try x.rmsNorm(Tensor.zeros([4]), epsilon: 1e-6) }.contains("cannot have weights of"))
        #expect(message { _ = try x.item() }.contains("libtorch could not compute item"))
        #expect(message { try Runtime.setThreadCount(0) }.contains("setThreadCount(0)"))
        // The library goes on working.
        #expect(try (x + 1).sum().item() == 6)
    }

    @Test func wrongTypesAndShapesAreNamed() throws {
        let x = try Tensor.zeros([2, 3])
        #expect(message { _ = try x.values(as: Int.self) }.contains("must be int64, got float32"))
        #expect(message { _ = try x.size3("hiddenStates") }.contains("hiddenStates must be a tensor with 3 axes"))
        #expect(message { _ = try Tensor([1, 2, 3] as [Float], shape: [2, 2]) }.contains("a shape of 3 elements"))
    }

    @Test func eachThreadHasItsOwnMessage() async throws {
        await withTaskGroup(of: Bool.self) { group in
            for size in 1...16 {
                group.addTask {
                    (0..<50).allSatisfy { _ in
                        do {
                            _ = try Tensor.zeros([2, 3]).reshape([size + 100])
                            return false
                        } catch {
                            return error.localizedDescription.contains("[\(size + 100)]")
                        }
                    }
                }
            }
            for await correct in group { #expect(correct) }
        }
    }

    @Test func devicesThatAreNotThere() throws {
        #expect(message { _ = try Device.named("tpu") }.contains("write cpu, cuda or cuda:N"))
        #expect(message { _ = try Device.named("cuda:x") }.contains("write cpu, cuda or cuda:N"))
        #expect(try Device.named("cpu") == .cpu)
        // Where the full set of wheels and a GPU are installed, this is no error.
        let cuda = message { _ = try Device.named("cuda") }
        #expect(cuda == "nothing was thrown" || cuda.contains("make setup CUDA=1") || cuda.contains("no CUDA device"))
    }
}
