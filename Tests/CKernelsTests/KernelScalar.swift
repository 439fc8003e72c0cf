import CKernels

/// A format that ieee.h has kernels for, so that each test body is written once.
protocol KernelScalar: BinaryFloatingPoint, Sendable where RawSignificand: FixedWidthInteger {
    static var smallestExponent: Int { get }
    static func softFMA(_ a: Self, _ b: Self, _ c: Self) -> Self
    static func matmul(
        _ path: ls_path, _ m: Int, _ n: Int, _ k: Int, _ a: [Self], _ aRow: Int, _ aColumn: Int, _ b: [Self],
        _ bRow: Int,
        _ bColumn: Int, _ c: inout [Self])
    static func convolve(
        _ path: ls_path, _ shape: ls_convolution, _ samples: Range<Int>, _ x: [Self], _ w: [Self], _ y: inout [Self])
    static func inputGradient(
        _ path: ls_path, _ shape: ls_convolution, _ samples: Range<Int>, _ g: [Self], _ w: [Self], _ dx: inout [Self])
    static func kernelGradient(
        _ path: ls_path, _ shape: ls_convolution, _ channels: Range<Int>, _ g: [Self], _ x: [Self], _ dw: inout [Self])
}

extension Float: KernelScalar {
    static var smallestExponent: Int { -149 }
    static func softFMA(_ a: Float, _ b: Float, _ c: Float) -> Float { ls_fma_soft_f32(a, b, c) }
    static func matmul(
        _ path: ls_path, _ m: Int, _ n: Int, _ k: Int, _ a: [Float], _ aRow: Int, _ aColumn: Int, _ b: [Float],
        _ bRow: Int,
        _ bColumn: Int, _ c: inout [Float]
    ) {
        ls_matmul_f32(
            path, Int64(m), Int64(n), Int64(k), a, Int64(aRow), Int64(aColumn), b, Int64(bRow), Int64(bColumn), &c)
    }
    static func convolve(
        _ path: ls_path, _ shape: ls_convolution, _ samples: Range<Int>, _ x: [Float], _ w: [Float], _ y: inout [Float]
    ) {
        withUnsafePointer(to: shape) {
            ls_convolve_f32(path, $0, Int64(samples.lowerBound), Int64(samples.upperBound), x, w, &y)
        }
    }
    static func inputGradient(
        _ path: ls_path, _ shape: ls_convolution, _ samples: Range<Int>, _ g: [Float], _ w: [Float], _ dx: inout [Float]
    ) {
        withUnsafePointer(to: shape) {
            ls_convolve_input_gradient_f32(path, $0, Int64(samples.lowerBound), Int64(samples.upperBound), g, w, &dx)
        }
    }
    static func kernelGradient(
        _ path: ls_path, _ shape: ls_convolution, _ channels: Range<Int>, _ g: [Float], _ x: [Float],
        _ dw: inout [Float]
    ) {
        withUnsafePointer(to: shape) {
            ls_convolve_kernel_gradient_f32(path, $0, Int64(channels.lowerBound), Int64(channels.upperBound), g, x, &dw)
        }
    }
}

extension Double: KernelScalar {
    static var smallestExponent: Int { -1074 }
    static func softFMA(_ a: Double, _ b: Double, _ c: Double) -> Double { ls_fma_soft_f64(a, b, c) }
    static func matmul(
        _ path: ls_path, _ m: Int, _ n: Int, _ k: Int, _ a: [Double], _ aRow: Int, _ aColumn: Int, _ b: [Double],
        _ bRow: Int,
        _ bColumn: Int, _ c: inout [Double]
    ) {
        ls_matmul_f64(
            path, Int64(m), Int64(n), Int64(k), a, Int64(aRow), Int64(aColumn), b, Int64(bRow), Int64(bColumn), &c)
    }
    static func convolve(
        _ path: ls_path, _ shape: ls_convolution, _ samples: Range<Int>, _ x: [Double], _ w: [Double],
        _ y: inout [Double]
    ) {
        withUnsafePointer(to: shape) {
            ls_convolve_f64(path, $0, Int64(samples.lowerBound), Int64(samples.upperBound), x, w, &y)
        }
    }
    static func inputGradient(
        _ path: ls_path, _ shape: ls_convolution, _ samples: Range<Int>, _ g: [Double], _ w: [Double],
        _ dx: inout [Double]
    ) {
        withUnsafePointer(to: shape) {
            ls_convolve_input_gradient_f64(path, $0, Int64(samples.lowerBound), Int64(samples.upperBound), g, w, &dx)
        }
    }
    static func kernelGradient(
        _ path: ls_path, _ shape: ls_convolution, _ channels: Range<Int>, _ g: [Double], _ x: [Double],
        _ dw: inout [Double]
    ) {
        withUnsafePointer(to: shape) {
            ls_convolve_kernel_gradient_f64(path, $0, Int64(channels.lowerBound), Int64(channels.upperBound), g, x, &dw)
        }
    }
}

/// Every path that this machine has; the others answer as the plain one does.
let availablePaths = [LS_PLAIN, LS_AVX2, LS_AVX512, LS_NEON].filter { ls_path_available($0) }

/// Same encoding; all NaNs are one.
func isIdentical<T: KernelScalar>(_ a: T, _ b: T) -> Bool { a == b ? a.sign == b.sign : a.isNaN && b.isNaN }

/// Index of the first element of `a` that is not identical to that of `b`; nil if none, and 0 if there are not equally many.
func firstDifference<T: KernelScalar>(_ a: [T], _ b: [T]) -> Int? {
    guard a.count == b.count else { return 0 }
    return a.indices.first { !isIdentical(a[$0], b[$0]) }
}

/// SplitMix64, and operands that lean on edges.
struct KernelSeed {
    var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func below(_ n: Int) -> Int { Int(word() % UInt64(n)) }

    enum Operands: CaseIterable { case ordinary, special, tiny }

    mutating func value<T: KernelScalar>(_ kind: Operands) -> T {
        let fraction = T(Double(Int64(bitPattern: word())) * 0x1p-63)
        switch kind {
        case .ordinary: return fraction
        case .special:
            switch below(24) {
            case 0...3: return 0
            case 4...6: return -0.0
            case 7: return .infinity
            case 8: return .nan
            default: return fraction * T(sign: .plus, exponent: T.Exponent(below(40) - 20), significand: 1)
            }
        case .tiny:  // products fall among the subnormals and below
            return below(9) == 0
                ? -0.0
                : fraction
                    * T(sign: .plus, exponent: T.Exponent(T.smallestExponent / 2 + below(30) - 15), significand: 1)
        }
    }

    mutating func values<T: KernelScalar>(_ count: Int, _ kind: Operands) -> [T] {
        (0..<count).map { _ in value(kind) }
    }
}
