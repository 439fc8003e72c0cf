/// SplitMix64: scatters test operands, alike on every machine. Not the product's generator, which is itself under test.
///
/// - Source: Steele, Lea, Flood, *Fast Splittable Pseudorandom Number Generators* (2014).
public struct SeededWords: Sendable {
    private var state: UInt64

    public init(_ seed: UInt64) { state = seed }

    public mutating func word() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// 0 ..< n, near enough even.
    public mutating func below(_ n: Int) -> Int { Int(word() % UInt64(n)) }
}
