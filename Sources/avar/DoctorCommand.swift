import ArgumentParser
import Foundation
import Torch

/// `avar doctor`: what is installed and what was chosen.
struct DoctorCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Says what is installed, which devices work, and what will be used.")

    @Flag(help: "Print one line of JSON.")
    var json = false

    func run() throws {
        let report = try Report()
        if json { return try Output.json(report) }
        Output.line("avar         \(report.avar)")
        Output.line("libtorch     \(report.libtorch)")
        Output.line(
            "processor    \(report.processor), \(report.cores) cores, \(report.vectorInstructions) instructions")
        Output.line("attention    our own kernel in vectors of \(report.kernelVectorBits) bits")
        Output.line("float32      \(report.float32Choice)")
        Output.line("bfloat16     \(report.bfloat16Choice)")
        Output.line("threads      \(report.threads)")
        Output.line("memory       \(report.memoryMib) MiB, \(report.availableMib) MiB free")
        Output.line("cpu          works: \(report.cpuCheck)")
        Output.line("cuda         \(report.cuda)")
        Output.line("compute type \(report.dtypePolicy)")
    }

    /// What the command says.
    private struct Report: Encodable {
        var avar = Avar.version
        var libtorch = Runtime.version
        var processor = System.processorName
        var cores = ProcessInfo.processInfo.processorCount
        var vectorInstructions = Runtime.cpuCapability
        var bfloat16Products = Runtime.hasBFloat16Products
        var kernelVectorBits = Runtime.vectorWidth
        var products: Runtime.Products
        var threads = Runtime.threadCount
        var memoryMib = System.memory("MemTotal")
        var availableMib = System.memory("MemAvailable")
        var cpuCheck = Self.checkProcessor()
        var cuda = Self.checkCUDA()
        var dtypePolicy = "float32 unless --dtype says bfloat16 or stored"

        init() throws { products = try Runtime.products }

        /// Which library makes float32 products, and why.
        var float32Choice: String {
            let chosen = products.usesOneDNN ? "oneDNN" : "the BLAS of libtorch"
            return "products by \(chosen): oneDNN makes \(products.oneDNN.fixed(0)) GFLOP/s on one core, "
                + "the BLAS \(products.blas.fixed(0)); the choice is the same in every run, whatever these say"
        }

        /// How products of bfloat16 are made, and why.
        var bfloat16Choice: String {
            let speed = "\(products.bfloat16.fixed(0)) GFLOP/s on one core"
            let ofWeights = "float32 rows meet bfloat16 weights in our own kernel"
            return products.usesBFloat16
                ? "products in bfloat16, for which this processor has instructions (\(speed)); \(ofWeights)"
                : "products in float32, block by block, since this processor has no instructions for bfloat16 (\(speed)); "
                    + "\(ofWeights)"
        }

        /// Multiplies two small matrices and looks at the result.
        private static func checkProcessor() -> String {
            do {
                let product = try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).matmul(
                    Tensor([1, 1] as [Float], shape: [2, 1]))
                return try product.floats() == [3, 7] ? "a product came out right" : "a product came out wrong"
            } catch {
                return error.localizedDescription
            }
        }

        private static func checkCUDA() -> String {
            do {
                _ = try Device.named("cuda")
                return "\(Runtime.cudaDeviceCount) device(s)"
            } catch {
                return error.localizedDescription
            }
        }
    }
}
