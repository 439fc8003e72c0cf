import CMPFR

/// Numbers of 128 bits, one an element: what a measure makes of exact differences before it sums or sorts them.
///
/// - Source: contract, section 6: all work of a measure is MPFR at 128 bits with exact sums.
struct Column: ~Copyable {
    static let precision = 128
    private static let limbs = 2

    let count: Int
    private let headers: UnsafeMutableBufferPointer<__mpfr_struct>
    private let words: UnsafeMutableBufferPointer<mp_limb_t>

    /// NaN, `count` times.
    init(count: Int) {
        self.count = count
        headers = .allocate(capacity: count)
        words = .allocate(capacity: count * Column.limbs)
        words.initialize(repeating: 0)
        for i in 0..<count {
            var header = __mpfr_struct()
            mpfr_custom_init_set(
                &header, Int32(MPFR_NAN_KIND.rawValue), 0, mpfr_prec_t(Column.precision),
                words.baseAddress! + i * Column.limbs)
            headers.initializeElement(at: i, to: header)
        }
    }

    deinit {
        headers.deallocate()
        words.deallocate()
    }

    subscript(i: Int) -> mpfr_ptr { headers.baseAddress! + i }

    /// The exact sum of a range, rounded once to 128 bits.
    func sum(_ range: Range<Int>) -> Scratch {
        let result = Scratch()
        let pointers: [mpfr_ptr?] = range.map { self[$0] }
        pointers.withUnsafeBufferPointer { table in
            _ = mpfr_sum(result.pointer, table.baseAddress, UInt(range.count), MPFR_RNDN)
        }
        return result
    }

    /// Positions of a range, greatest value first; equal ones in order. NaN does not occur.
    func descending(_ range: Range<Int>) -> [Int] {
        range.sorted { a, b in
            let order = mpfr_cmp3(self[a], self[b], 1)
            return order > 0 || (order == 0 && a < b)
        }
    }
}

/// One number of 128 bits.
struct Scratch: ~Copyable {
    let pointer: mpfr_ptr

    init() {
        pointer = .allocate(capacity: 1)
        mpfr_init2(pointer, mpfr_prec_t(Column.precision))
        mpfr_set_zero(pointer, 1)
    }

    deinit {
        mpfr_clear(pointer)
        pointer.deallocate()
    }

    /// Rounded to binary64.
    var double: Double { mpfr_get_d(pointer, MPFR_RNDN) }
}
