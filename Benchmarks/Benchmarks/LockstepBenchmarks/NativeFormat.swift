import CHostVectors
import CKernels

/// What differs between binary32 and binary64: the C functions, and the host's.
protocol NativeFormat: BinaryFloatingPoint, Sendable {
    /// As arithmetics are called.
    static var name: String { get }
    static func value(_ f: ls_unary, _ x: Self) -> Self
    static func reference(_ f: ls_unary, _ x: Self) -> Self
    static func array(_ f: ls_unary, _ x: UnsafeBufferPointer<Self>, _ y: UnsafeMutableBufferPointer<Self>)
    static func host(_ f: Function) -> @Sendable (Self) -> Self
    /// The host's function over vectors, or nil.
    static func hostVectors(_ f: Function) -> ((UnsafeBufferPointer<Self>, UnsafeMutableBufferPointer<Self>) -> Void)?
}

extension Double: NativeFormat {
    static var name: String { "double" }
    static func value(_ f: ls_unary, _ x: Double) -> Double { ls_elementary_f64(f, LS_NEAREST, x) }
    static func reference(_ f: ls_unary, _ x: Double) -> Double { ls_elementary_reference_f64(f, LS_NEAREST, x) }
    static func array(_ f: ls_unary, _ x: UnsafeBufferPointer<Double>, _ y: UnsafeMutableBufferPointer<Double>) {
        ls_elementary_array_f64(ls_path_best(), f, LS_NEAREST, Int64(x.count), x.baseAddress!, y.baseAddress!)
    }
    static func host(_ f: Function) -> @Sendable (Double) -> Double { f.host64 }
    static func hostVectors(
        _ f: Function
    ) -> ((UnsafeBufferPointer<Double>, UnsafeMutableBufferPointer<Double>) -> Void)? {
        guard host_vector_exists(f.name) else { return nil }
        return { host_vector_f64(f.name, Int64($0.count), $0.baseAddress!, $1.baseAddress!) }
    }
}

extension Float: NativeFormat {
    static var name: String { "float" }
    static func value(_ f: ls_unary, _ x: Float) -> Float { ls_elementary_f32(f, LS_NEAREST, x) }
    static func reference(_ f: ls_unary, _ x: Float) -> Float { ls_elementary_reference_f32(f, LS_NEAREST, x) }
    static func array(_ f: ls_unary, _ x: UnsafeBufferPointer<Float>, _ y: UnsafeMutableBufferPointer<Float>) {
        ls_elementary_array_f32(ls_path_best(), f, LS_NEAREST, Int64(x.count), x.baseAddress!, y.baseAddress!)
    }
    static func host(_ f: Function) -> @Sendable (Float) -> Float { f.host32 }
    static func hostVectors(
        _ f: Function
    ) -> ((UnsafeBufferPointer<Float>, UnsafeMutableBufferPointer<Float>) -> Void)? {
        guard host_vector_exists(f.name + "f") else { return nil }
        return { host_vector_f32(f.name + "f", Int64($0.count), $0.baseAddress!, $1.baseAddress!) }
    }
}
