import CTorch

/// The norm over all numbers of the gradients of some parameters together, each summed in float32 at least.
/// - Parameter parameters: leaves; those without a gradient are left out.
/// - Returns: the norm; 0 without gradients.
/// - Throws: ``TorchError/operation(name:message:)`` if libtorch refuses.
public func gradientNorm(of parameters: [Tensor]) throws -> Double {
    let gradients = try parameters.compactMap { try $0.gradient }
    var norm = 0.0
    try withExtendedLifetime(gradients) {
        try check(ct_grad_norm(gradients.map(\.handle), Int32(gradients.count), &norm), operation: "gradientNorm")
    }
    return norm
}

/// Scales the gradients of some parameters so that their norm is at most a bound, as `torch.nn.utils.clip_grad_norm_`.
/// - Parameters:
///   - parameters: leaves; those without a gradient are left out.
///   - maximum: the largest norm over all numbers of all gradients together, above 0.
/// - Returns: the norm before.
/// - Throws: ``TorchError/operation(name:message:)`` if libtorch refuses or the bound is not above 0.
@discardableResult
public func clipGradients(of parameters: [Tensor], toNorm maximum: Double) throws -> Double {
    guard maximum > 0 else {
        throw TorchError.operation(name: "clipGradients", message: "the largest norm must be above 0, not \(maximum)")
    }
    let gradients = try parameters.compactMap { try $0.gradient }
    if gradients.isEmpty { return 0 }
    let handles = gradients.map(\.handle)
    var norm = 0.0
    try withExtendedLifetime(gradients) {
        try check(
            ct_clip_grad_norm_(handles, Int32(handles.count), maximum, &norm), operation: "clipGradients")
    }
    return norm
}
