/// Philox4x64-10: a counter-based generator. A block of four words is a pure function of a key and a counter, so any draw can
/// be made again from where it belongs, in any order, on any number of threads.
///
/// - Source: Salmon, Moraes, Dror, Shaw, *Parallel Random Numbers: As Easy as 1, 2, 3* (SC 2011), section 3.3; the constants
///   are those of the Random123 library. NumPy's generator of this name advances its counter before the first block: started
///   at counter c it yields this function's block at c + 1.
public enum Philox {
    /// The four words at a counter.
    public static func block(
        key: (UInt64, UInt64), counter: (UInt64, UInt64, UInt64, UInt64)
    ) -> (UInt64, UInt64, UInt64, UInt64) {
        var (k0, k1) = key
        var (c0, c1, c2, c3) = counter
        for round in 0..<10 {
            if round > 0 {
                // Weyl sequences: the golden ratio and the square root of 3, less 1.
                k0 &+= 0x9E37_79B9_7F4A_7C15
                k1 &+= 0xBB67_AE85_84CA_A73B
            }
            let a = c0.multipliedFullWidth(by: 0xD2E7_470E_E14C_6C93)
            let b = c2.multipliedFullWidth(by: 0xCA5A_8263_9512_1157)
            (c0, c1, c2, c3) = (b.high ^ c1 ^ k0, b.low, a.high ^ c3 ^ k1, a.low)
        }
        return (c0, c1, c2, c3)
    }
}

/// What a stream of random words is for: the second word of its key.
public enum StreamPurpose: UInt64, Sendable {
    case weights = 1
    case shuffle = 2
    case augmentation = 3
    case rounding = 4
    case other = 5
}

/// The words of one stream, in order: key (seed, purpose), counter (block, i₀, i₁, i₂), block = 0, 1, …
///
/// - Source: contract, section 5.
public struct RandomStream: Sendable {
    private let key: (UInt64, UInt64)
    private var counter: (UInt64, UInt64, UInt64, UInt64)
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    private var used = 4

    public init(seed: UInt64, _ purpose: StreamPurpose, _ i0: UInt64 = 0, _ i1: UInt64 = 0, _ i2: UInt64 = 0) {
        key = (seed, purpose.rawValue)
        counter = (0, i0, i1, i2)
    }

    /// The next word.
    public mutating func word() -> UInt64 {
        if used == 4 {
            words = Philox.block(key: key, counter: counter)
            counter.0 += 1
            used = 0
        }
        defer { used += 1 }
        switch used {
        case 0: return words.0
        case 1: return words.1
        case 2: return words.2
        default: return words.3
        }
    }

    /// An integer from 0 to n - 1, n >= 1, without bias: the high word of w·n, drawing again while the low word is less than
    /// 2^64 mod n.
    public mutating func bounded(_ n: UInt64) -> UInt64 {
        precondition(n > 0, "no integer below 0")
        let reject = (0 &- n) % n
        while true {
            let product = word().multipliedFullWidth(by: n)
            if product.low >= reject { return product.high }
        }
    }

    /// A number in [0, 1): the top 53 bits of a word, as a multiple of 2^-53.
    public mutating func uniform() -> Double { Double(word() >> 11) * 0x1p-53 }

    /// Two independent standard normal numbers by the polar method in binary64, each operation rounded.
    ///
    /// - Source: Marsaglia and Bray, *A Convenient Method for Generating Normal Variables*, SIAM Review 6 (1964); the order
    ///   of operations is the contract's, section 5. log is correctly rounded.
    public mutating func normals() -> (Double, Double) {
        let arithmetic = Binary64()
        while true {
            let a = 2 * uniform() - 1
            let b = 2 * uniform() - 1
            let s = (a * a) + (b * b)
            guard s > 0, s < 1 else { continue }
            let f = ((-2 * arithmetic.elementary(.log, s)) / s).squareRoot()
            return (a * f, b * f)
        }
    }

    /// The numbers 0 ..< n in a random order: for i = n - 1 down to 1 swap i with a bounded draw below i + 1.
    public mutating func shuffled(_ n: Int) -> [Int] {
        var order = Array(0..<n)
        for i in stride(from: n - 1, to: 0, by: -1) { order.swapAt(i, Int(bounded(UInt64(i + 1)))) }
        return order
    }
}
