/// Nanoseconds per element: the median of the repetitions, and the middle half of them.
struct Measurement {
    let median: Double
    let quarter: Double
    let threeQuarters: Double

    static func of(elements: Int, repetitions: Int, _ work: () -> Void) -> Measurement {
        work()  // code and data into the caches
        let clock = ContinuousClock()
        let each = (0..<repetitions).map { _ in clock.measure(work) / .nanoseconds(elements) }.sorted()
        return Measurement(
            median: each[repetitions / 2], quarter: each[repetitions / 4], threeQuarters: each[repetitions * 3 / 4])
    }

    var text: String { "\(short(median)) (\(short(quarter))–\(short(threeQuarters)))" }

    private func short(_ x: Double) -> String {
        x >= 100 ? String(Int(x.rounded())) : String((x * 10).rounded() / 10)
    }
}

/// One row: the function in one format, one element at a time, as an array, by the host's library and by MPFR.
///
/// The arguments are the same for all columns, spread evenly over the range by SplitMix64, made outside the clock.
/// Calls are independent of each other, so this is throughput.
func row<F: Format>(_ f: Function, _: F.Type, repetitions: Int) -> [Measurement]? {
    let count = 1 << 14
    var state: UInt64 = 1
    let width = f.arguments.upperBound - f.arguments.lowerBound
    let x = (0..<count).map { _ in
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return F(f.arguments.lowerBound + Double((z ^ (z >> 31)) >> 11) * 0x1p-53 * width)
    }
    var y = x
    let host = F.host(f)
    return x.withUnsafeBufferPointer { x in
        y.withUnsafeMutableBufferPointer { y in
            // Results first: what is fast and wrong is not measured.
            F.array(f.code, x, y)
            for i in 0..<count {
                guard y[i] == F.value(f.code, x[i]), i >= 2000 || y[i] == F.reference(f.code, x[i]) else { return nil }
            }
            return [
                .of(elements: count, repetitions: repetitions) { for i in 0..<count { y[i] = F.value(f.code, x[i]) } },
                .of(elements: count, repetitions: repetitions) { F.array(f.code, x, y) },
                .of(elements: count, repetitions: repetitions) { for i in 0..<count { y[i] = host(x[i]) } },
                .of(elements: 500, repetitions: repetitions / 4 + 1) {
                    for i in 0..<500 { y[i] = F.reference(f.code, x[i]) }
                },
            ]
        }
    }
}
