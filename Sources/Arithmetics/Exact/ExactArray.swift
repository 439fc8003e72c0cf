import CKernels
import CMPFR

/// Numbers exactly, in order: how states leave one arithmetic and enter another.
///
/// The memory is an array of CKernels' plain-bits records (exponent, sign, precision, limbs), all of one precision, so that
/// an MPFR array is one copy and every other format one conversion. Equal numbers have equal words.
public struct ExactArray: Equatable, Sendable {
    public let count: Int
    /// Bits every element has room for.
    public let precision: Int
    /// Limbs of a record.
    public let limbs: Int
    public private(set) var words: [UInt64]

    /// Words of one record: exponent, sign and precision, limbs.
    var stride: Int { 2 + limbs }

    /// +0, `count` times.
    public init(zeros count: Int, precision: Int) {
        self.init(count: count, precision: precision, limbs: (precision + 63) / 64) { records in
            ls_big_zero(Int64(count), records, Int32(precision), Int32((precision + 63) / 64))
        }
    }

    /// Records of the given size that `body` fills.
    init(count: Int, precision: Int, limbs: Int, filling body: (UnsafeMutableRawPointer) -> Void) {
        self.count = count
        self.precision = precision
        self.limbs = limbs
        words = [UInt64](unsafeUninitializedCapacity: count * (2 + limbs)) { buffer, used in
            if let base = buffer.baseAddress, count > 0 { body(UnsafeMutableRawPointer(base)) }
            used = count * (2 + limbs)
        }
    }

    public init(_ values: [Double]) {
        self.init(count: values.count, precision: 53, limbs: 1) { records in
            var format = Format.mpfr(precision: 53).kernel(limbs: 1)
            ls_big_from_f64(Int64(values.count), values, records, &format)
        }
    }

    public init(_ values: [Float]) {
        self.init(count: values.count, precision: 24, limbs: 1) { records in
            var format = Format.mpfr(precision: 24).kernel(limbs: 1)
            ls_big_from_f32(Int64(values.count), values, records, &format)
        }
    }

    /// Any exact values, with the room the longest of them needs.
    public init(_ values: [ExactValue]) {
        let precision = max(2, values.map(\.significantBits).max() ?? 2)
        self.init(zeros: values.count, precision: precision)
        for (i, value) in values.enumerated() { self[i] = value }
    }

    public subscript(index: Int) -> ExactValue {
        get { withElement(index) { ExactValue($0) } }
        set {
            precondition(newValue.significantBits <= precision, "the value has more bits than the array")
            let start = index * stride
            let rounded = MPFRVariable(precision: precision)
            withWidestExponentRange { newValue.withMPFR { _ = mpfr_set(rounded.pointer, $0, MPFR_RNDN) } }
            let header = rounded.pointer.pointee
            let regular = newValue.kind == .finite
            words[start] = UInt64(bitPattern: Int64(header._mpfr_exp))
            let sign = newValue.isNaN ? 1 : header._mpfr_sign
            words[start + 1] = UInt64(UInt32(bitPattern: sign)) | UInt64(precision) << 32
            for i in 0..<limbs { words[start + 2 + i] = regular ? UInt64(header._mpfr_d[i]) : 0 }
        }
    }

    /// Reads one element as an MPFR variable that borrows the array's memory: for measures, without copies.
    public func withElement<R>(_ index: Int, _ body: (mpfr_srcptr) -> R) -> R {
        words.withUnsafeBufferPointer { buffer in
            precondition(index >= 0 && index < count, "index out of range")
            let record = buffer.baseAddress! + index * stride
            var view = ExactArray.view(record)
            return body(&view)
        }
    }

    /// Reads all elements as MPFR variables, through the table of pointers that `mpfr_sum` takes. They are only read.
    func withElements<R>(_ body: (UnsafePointer<mpfr_ptr?>?) -> R) -> R {
        words.withUnsafeBufferPointer { buffer in
            var views = (0..<count).map { ExactArray.view(buffer.baseAddress! + $0 * stride) }
            return views.withUnsafeMutableBufferPointer { views in
                let pointers: [mpfr_ptr?] = views.indices.map { views.baseAddress! + $0 }
                return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
            }
        }
    }

    /// An MPFR header over one record. The memory must outlive it and is only read.
    public static func view(_ record: UnsafePointer<UInt64>) -> __mpfr_struct {
        let signAndPrecision = record[1]
        return __mpfr_struct(
            _mpfr_prec: mpfr_prec_t(signAndPrecision >> 32),
            _mpfr_sign: Int32(bitPattern: UInt32(truncatingIfNeeded: signAndPrecision)),
            _mpfr_exp: mpfr_exp_t(Int64(bitPattern: record[0])),
            _mpfr_d: UnsafeMutableRawPointer(mutating: record + 2).assumingMemoryBound(to: mp_limb_t.self))
    }

    /// Every element rounded once, to nearest-even, into a format.
    public func rounded(to format: Format) -> ExactArray {
        let limbs = (format.precision + 63) / 64
        return ExactArray(count: count, precision: format.precision, limbs: limbs) { out in
            var kernel = format.kernel(limbs: limbs)
            ls_big_round_array(Int64(count), words, Int32(self.limbs), out, &kernel)
        }
    }

    /// Every element × 2^n, exactly.
    public func scaled(byPowerOfTwo n: Int) -> ExactArray {
        var result = self
        for i in 0..<count where withElement(i, { mpfr_regular_p($0) != 0 }) {
            let exponent = Int64(bitPattern: words[i * stride]) + Int64(n)
            result.words[i * stride] = UInt64(bitPattern: exponent)
        }
        return result
    }

    /// Index of the first element whose values, or signs of zero, differ; NaNs are one value. nil if all are identical.
    public func firstDifference(from other: ExactArray) -> Int? {
        precondition(count == other.count, "arrays of different lengths")
        if precision == other.precision { if words == other.words { return nil } }
        return (0..<count).first { !isIdentical(at: $0, to: other) }
    }

    /// Index of the first NaN or infinity.
    public var firstNonFinite: Int? {
        if ls_big_all_finite(Int64(count), words, Int32(limbs)) { return nil }
        return (0..<count).first { i in withElement(i) { mpfr_number_p($0) == 0 } }
    }

    /// Same value, same sign of zero; NaNs are one value.
    public func isIdentical(at index: Int, to other: ExactArray) -> Bool {
        withElement(index) { x in
            other.withElement(index) { y in
                if mpfr_nan_p(x) != 0 || mpfr_nan_p(y) != 0 { return (mpfr_nan_p(x) != 0) == (mpfr_nan_p(y) != 0) }
                return mpfr_equal_p(x, y) != 0 && (mpfr_signbit(x) != 0) == (mpfr_signbit(y) != 0)
            }
        }
    }
}

extension Format {
    /// The format as the C kernels take it, for records of `limbs` limbs.
    func kernel(
        limbs: Int, _ instructionSet: InstructionSet = .best, _ direction: RoundingDirection = .nearest,
        word: UInt64 = 0
    ) -> ls_big_format {
        let (emin, emax) = mpfrRange
        return ls_big_format(
            emin: Int64(emin), emax: Int64(emax), precision: Int32(precision), limbs: Int32(limbs),
            subnormals: range != nil, direction: direction.kernel, path: instructionSet.path,
            overflow: overflow.kernel, word: word)
    }
}

extension Format.Overflow {
    var kernel: ls_overflow {
        switch self {
        case .infinity: LS_TO_INFINITY
        case .nan: LS_TO_NAN
        case .saturate: LS_SATURATE
        }
    }
}

extension ExactArray {
    /// Each element as the nearest binary32.
    public var floats: [Float] { Binary32().array(self) }
    /// Each element as the nearest binary64.
    public var doubles: [Double] { Binary64().array(self) }
}
