import CMPFR

/// Numbers of 128 bits, one an element: what a measure makes of exact differences before it sums or ranks them. None is NaN;
/// those that are ranked are not negative.
///
/// - Source: contract, section 6: all work of a measure is MPFR at 128 bits with exact sums.
struct Column: ~Copyable {
    static let precision = 128
    fileprivate static let limbs = 2

    let count: Int
    private let headers: UnsafeMutableBufferPointer<__mpfr_struct>
    private let words: UnsafeMutableBufferPointer<mp_limb_t>
    /// What `mpfr_sum` takes.
    private let pointers: UnsafeMutableBufferPointer<mpfr_ptr?>

    /// +0, `count` times.
    init(count: Int) {
        self.count = count
        headers = .allocate(capacity: count)
        words = .allocate(capacity: count * Column.limbs)
        pointers = .allocate(capacity: count)
        words.initialize(repeating: 0)
        var header = __mpfr_struct()
        for i in 0..<count {
            mpfr_custom_init_set(
                &header, Int32(MPFR_ZERO_KIND.rawValue), 0, mpfr_prec_t(Column.precision),
                words.baseAddress! + i * Column.limbs)
            headers.initializeElement(at: i, to: header)
            pointers.initializeElement(at: i, to: headers.baseAddress! + i)
        }
    }

    deinit {
        headers.deallocate()
        words.deallocate()
        pointers.deallocate()
    }

    subscript(i: Int) -> mpfr_ptr { headers.baseAddress! + i }

    /// The exact sum of a range, rounded once to 128 bits.
    func sum(_ range: Range<Int>) -> Scratch {
        let result = Scratch()
        let table = UnsafeMutableBufferPointer(rebasing: pointers[range])
        _ = mpfr_sum(result.pointer, table.baseAddress, UInt(range.count), MPFR_RNDN)
        return result
    }

    /// The exact sum of elements, rounded once to 128 bits.
    func sum(of positions: [Int]) -> Scratch {
        let result = Scratch()
        let table: [mpfr_ptr?] = positions.map { self[$0] }
        table.withUnsafeBufferPointer { table in
            _ = mpfr_sum(result.pointer, table.baseAddress, UInt(table.count), MPFR_RNDN)
        }
        return result
    }

    /// Positions of the k greatest values of a range, 1 <= k <= its count, the least of them last.
    ///
    /// Found by the values cut off to binary64, which keep their order but may tie; ties at the border are settled exactly.
    func greatest(_ k: Int, _ range: Range<Int>) -> [Int] {
        let keys = range.map { mpfr_get_d(self[$0], MPFR_RNDZ) }
        let border = orderStatistic(k, of: keys)
        var found: [Int] = []
        var tied: [Int] = []
        for (i, key) in keys.enumerated() {
            if key > border {
                found.append(range.lowerBound + i)
            } else if key == border {
                tied.append(range.lowerBound + i)
            }
        }
        if tied.count > 1 { tied.sort { mpfr_greater_p(self[$0], self[$1]) != 0 } }
        return found + tied.prefix(k - found.count)
    }
}

/// The kth greatest of some numbers, none NaN; 1 <= k <= their count.
///
/// - Source: Hoare, *Algorithm 65: Find*, Communications of the ACM 4 (1961).
func orderStatistic(_ k: Int, of numbers: [Double]) -> Double {
    var numbers = numbers
    return numbers.withUnsafeMutableBufferPointer { x in
        var (low, high) = (0, x.count - 1)
        while low < high {
            let (a, b, c) = (x[low], x[(low + high) / 2], x[high])
            let pivot = max(min(a, b), min(max(a, b), c))
            var (i, j) = (low, high)
            while i <= j {
                while x[i] > pivot { i += 1 }
                while x[j] < pivot { j -= 1 }
                if i <= j {
                    x.swapAt(i, j)
                    i += 1
                    j -= 1
                }
            }
            if k - 1 <= j { high = j } else if k - 1 >= i { low = i } else { break }
        }
        return x[k - 1]
    }
}

/// One number of 128 bits.
struct Scratch: ~Copyable {
    /// In one piece of memory with the limbs, so that MPFR must never resize it.
    let pointer: mpfr_ptr

    /// +0.
    init() {
        let size = MemoryLayout<__mpfr_struct>.stride
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: size + Column.limbs * MemoryLayout<mp_limb_t>.stride, alignment: 16)
        pointer = memory.bindMemory(to: __mpfr_struct.self, capacity: 1)
        let limbs = (memory + size).bindMemory(to: mp_limb_t.self, capacity: Column.limbs)
        limbs.initialize(repeating: 0, count: Column.limbs)
        mpfr_custom_init_set(
            pointer, Int32(MPFR_ZERO_KIND.rawValue), 0, mpfr_prec_t(Column.precision), limbs)
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }

    /// Rounded to binary64.
    var double: Double { mpfr_get_d(pointer, MPFR_RNDN) }
}
