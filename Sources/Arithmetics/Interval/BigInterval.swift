/// An enclosure as plain bits: every real number from `lower` to `upper`, bounds of one precision.
///
/// An infinite bound bounds nothing; both bounds NaN claim nothing (NaI, "not an interval"). The layout is that of the
/// kernels in CKernels' `interval.h`: two records, one after the other.
public struct BigInterval<let limbs: Int>: BitwiseCopyable, Sendable {
    var lower: BigFloat<limbs>
    var upper: BigFloat<limbs>

    init(lower: BigFloat<limbs>, upper: BigFloat<limbs>) {
        self.lower = lower
        self.upper = upper
    }

    var precision: Int { Int(lower.precision) }
}
