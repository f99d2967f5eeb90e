import CTorch

/// The engine under the tensors: its version, threads, random state.
public enum Runtime {
    /// libtorch's version, such as `2.15.0`.
    public static var version: String { String(cString: ct_version()) }

    /// The vector instructions libtorch chose for its own kernels: `AVX512`, `AVX2` or `DEFAULT`.
    public static var cpuCapability: String { String(cString: ct_cpu_capability()) }

    /// True if the processor multiplies bfloat16 natively.
    public static var hasBFloat16Products: Bool { ct_cpu_has_bfloat16() }

    /// Threads that one operation may use.
    public static var threadCount: Int { Int(ct_thread_count()) }

    /// Sets the number of threads that one operation may use.
    /// - Parameter count: at least 1.
    /// - Throws: ``TorchError/operation(name:message:)`` for a count below 1.
    public static func setThreadCount(_ count: Int) throws {
        try check(ct_set_thread_count(Int32(clamping: count)), operation: "setThreadCount(\(count))")
    }

    /// Bits of the vectors in which our own kernels compute on this processor: 512, 256 or 128.
    public static var vectorWidth: Int { Int(ct_vector_width()) }

    /// Runs `body` with kernels in vectors of at most some bits, so that a wide processor can test what a narrow one does.
    /// - Parameters:
    ///   - bits: 512, 256 or 128.
    ///   - body: the work, whose operations are called from this thread.
    /// - Returns: what `body` returns.
    /// - Throws: what `body` throws.
    package static func withVectorWidth<Result>(atMost bits: Int, _ body: () throws -> Result) rethrows -> Result {
        ct_limit_vector_width(Int32(clamping: bits))
        defer { ct_limit_vector_width(512) }
        return try body()
    }

    /// Asks the C library to keep freed memory for the tensors to come, for the whole process.
    ///
    /// Otherwise every large tensor is mapped, cleared page by page and given back, which costs a forward pass some 5 % of its
    /// time. Call it once, before a model is loaded; what a process holds then stays near its peak.
    public static func keepFreedMemory() { ct_keep_freed_memory() }

    /// Asks the C library to give the memory of every tensor of a few MiB back as soon as it is freed, for the whole process.
    ///
    /// Tensors of many sizes otherwise leave gaps between them: a training step that keeps little may then hold twice what it needs.
    public static func returnFreedMemory() { ct_return_freed_memory() }

    /// Seeds the random generators of all devices.
    /// - Parameter seed: any number; the same seed gives the same numbers on the same device.
    /// - Throws: ``TorchError/operation(name:message:)`` if a device refuses.
    public static func seed(_ seed: UInt64) throws {
        try check(ct_manual_seed(seed), operation: "seed")
    }

    /// Tensor handles alive in this process; a leak test compares it before and after.
    public static var liveTensorCount: Int { Int(ct_live_handles()) }

    /// CUDA devices that can be used; 0 until ``Device/named(_:)`` has loaded libtorch's CUDA library.
    public static var cudaDeviceCount: Int { Int(ct_cuda_device_count()) }
}

/// Runs `body` without recording a graph on this thread: for inference and for optimizer steps.
///
/// The mode belongs to the thread, so `body` is synchronous. Scopes nest, and the former mode returns on every way out.
/// - Parameter body: the work.
/// - Returns: what `body` returns.
/// - Throws: what `body` throws.
public func withoutGradient<Result>(_ body: () throws -> Result) rethrows -> Result {
    let before = ct_grad_enabled()
    ct_set_grad_enabled(false)
    defer { ct_set_grad_enabled(before) }
    return try body()
}

/// True while operations on this thread record a graph.
public var isGradientEnabled: Bool { ct_grad_enabled() }
