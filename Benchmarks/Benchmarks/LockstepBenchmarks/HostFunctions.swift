import CKernels

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// One function, the arguments it is measured on, and the host's own.
struct Function: Sendable {
    let name: String
    let code: ls_unary
    let arguments: ClosedRange<Double>
    let host64: @Sendable (Double) -> Double
    let host32: @Sendable (Float) -> Float

    static let all: [Function] = [
        Function(name: "exp", code: LS_EXP, arguments: -10...10, host64: { exp($0) }, host32: { expf($0) }),
        Function(name: "expm1", code: LS_EXPM1, arguments: -10...10, host64: { expm1($0) }, host32: { expm1f($0) }),
        Function(name: "log", code: LS_LOG, arguments: 0.01...100, host64: { log($0) }, host32: { logf($0) }),
        Function(name: "log1p", code: LS_LOG1P, arguments: -0.99...100, host64: { log1p($0) }, host32: { log1pf($0) }),
        Function(name: "tanh", code: LS_TANH, arguments: -8...8, host64: { tanh($0) }, host32: { tanhf($0) }),
        Function(name: "sin", code: LS_SIN, arguments: -10...10, host64: { sin($0) }, host32: { sinf($0) }),
        Function(name: "cos", code: LS_COS, arguments: -10...10, host64: { cos($0) }, host32: { cosf($0) }),
    ]
}
