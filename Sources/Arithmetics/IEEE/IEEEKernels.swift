import CKernels

/// The C kernels of one IEEE format. Pointers are to dense arrays; what each computes is said in CKernels' `ieee.h`.
public struct IEEEKernels<Scalar: BitwiseCopyable & Sendable>: Sendable {
    typealias Input = UnsafePointer<Scalar>?
    typealias Output = UnsafeMutablePointer<Scalar>?
    typealias Shape = UnsafePointer<ls_convolution>?

    let fma: @Sendable (Scalar, Scalar, Scalar) -> Scalar
    let elementary: @Sendable (ls_unary, Scalar) -> Scalar
    let matmul: @Sendable (ls_path, Int64, Int64, Int64, Input, Int64, Int64, Input, Int64, Int64, Output) -> Void
    let dot: @Sendable (ls_path, Int64, Input, Input) -> Scalar
    let convolve: @Sendable (ls_path, Shape, Int64, Int64, Input, Input, Output) -> Void
    let convolveInputGradient: @Sendable (ls_path, Shape, Int64, Int64, Input, Input, Output) -> Void
    let convolveKernelGradient: @Sendable (ls_path, Shape, Int64, Int64, Input, Input, Output) -> Void
    let map: @Sendable (ls_path, ls_unary, Scalar, Int64, Input, Output) -> Void
    let zip: @Sendable (ls_path, ls_binary, Scalar, Int64, Input, Input, ls_broadcast, Output) -> Void
    let sum: @Sendable (ls_path, Int64, Int64, Int64, Int64, Int64, Input, Output) -> Void
    let gatherSum: @Sendable (ls_path, Int64, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Input, Output) -> Void
    let scatterSum: @Sendable (ls_path, Int64, UnsafePointer<Int32>?, Input, Int64, Int64, Output) -> Void
    let maxima:
        @Sendable (
            ls_path, Int64, UnsafePointer<Int32>?, UnsafePointer<Int32>?, Int64, Int64, Int64, Input,
            UnsafeMutablePointer<Int32>?
        ) -> Void
    /// For some of the channels.
    let fuse: @Sendable (ls_path, FusionPlan<Scalar>, Range<Int>) -> Void
    /// w, v, g, then the constants with the rate already multiplied by k.
    let descend: @Sendable (ls_path, Int64, Output, Output, Input, DescentConstants<Scalar>, Scalar) -> Void
}

extension UnaryFunction {
    /// Nanoseconds an element, roughly.
    var cost: Double {
        switch self {
        case .negate, .absolute, .relu, .squareRoot: 0.25
        case .elementary: 2
        case .sigmoid, .softplus, .swish: 4
        }
    }

    /// The kernel's code, and swish's beta where there is one.
    var kernel: (code: ls_unary, constant: Scalar?) {
        switch self {
        case .negate: (LS_NEGATE, nil)
        case .absolute: (LS_ABSOLUTE, nil)
        case .squareRoot: (LS_SQUARE_ROOT, nil)
        case .elementary(let f): (f.kernel, nil)
        case .relu: (LS_RELU, nil)
        case .sigmoid: (LS_SIGMOID, nil)
        case .softplus: (LS_SOFTPLUS, nil)
        case .swish(let beta): (LS_SWISH, beta)
        }
    }
}

extension BinaryFunction {
    /// Nanoseconds an element, roughly.
    var cost: Double {
        switch self {
        case .add, .subtract, .multiply, .divide, .reluGradient, .sigmoidGradient, .tanhGradient: 0.35
        case .softplusGradient, .swishGradient: 4
        }
    }

    /// The kernel's code, and swish's beta where there is one.
    var kernel: (code: ls_binary, constant: Scalar?) {
        switch self {
        case .add: (LS_ADD, nil)
        case .subtract: (LS_SUBTRACT, nil)
        case .multiply: (LS_MULTIPLY, nil)
        case .divide: (LS_DIVIDE, nil)
        case .reluGradient: (LS_RELU_GRADIENT, nil)
        case .sigmoidGradient: (LS_SIGMOID_GRADIENT, nil)
        case .tanhGradient: (LS_TANH_GRADIENT, nil)
        case .softplusGradient: (LS_SOFTPLUS_GRADIENT, nil)
        case .swishGradient(let beta): (LS_SWISH_GRADIENT, beta)
        }
    }
}
