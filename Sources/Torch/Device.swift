import CTorch

/// Where a tensor's memory lies and its operations run.
public enum Device: Sendable, Hashable, CustomStringConvertible {
    /// The processor and the machine's own memory.
    case cpu
    /// A CUDA device, counted from 0.
    case cuda(Int)

    var handle: CTDevice {
        switch self {
        case .cpu: CTDevice(index: -1)
        case .cuda(let index): CTDevice(index: Int32(index))
        }
    }

    init(handle: CTDevice) {
        self = handle.index < 0 ? .cpu : .cuda(Int(handle.index))
    }

    /// `cpu` or `cuda:0`.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    /// The device a user named: `cpu`, `cuda` or `cuda:N`.
    ///
    /// Naming a CUDA device loads libtorch's CUDA library into the process.
    /// - Parameter name: the device's name.
    /// - Returns: a device that can be used.
    /// - Throws: ``TorchError/device(requested:reason:)`` for another name, when libtorch's CUDA library or one it needs is
    ///   missing, and when there is no such device.
    public static func named(_ name: String) throws -> Device {
        if name == "cpu" { return .cpu }
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.first == "cuda", parts.count <= 2, let index = parts.count == 2 ? Int(parts[1]) : 0, index >= 0
        else {
            throw TorchError.device(requested: name, reason: "write cpu, cuda or cuda:N.")
        }
        try loadCUDA(for: name)
        let count = Int(ct_cuda_device_count())
        guard index < count else {
            let found = count == 0 ? "no CUDA device was found" : "there are \(count) CUDA devices, counted from 0"
            throw TorchError.device(requested: name, reason: "\(found).")
        }
        return .cuda(index)
    }

    private static func loadCUDA(for name: String) throws {
        if ct_cuda_load() == 0 { return }
        throw TorchError.device(
            requested: name,
            reason: "libtorch's CUDA library did not load (\(String(cString: ct_last_error()))); "
                + "`make setup CUDA=1` installs the full set of CUDA wheels.")
    }
}
