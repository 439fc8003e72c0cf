/// Nanoseconds per element: the least of the repetitions, which other work on the machine disturbs least, and their median.
struct Measurement {
    let least: Double
    let median: Double

    /// The works take turns, so that a change of clock rate or load meets them all alike.
    static func of(_ works: [(elements: Int, run: () -> Void)], repetitions: Int) -> [Measurement] {
        let clock = ContinuousClock()
        for work in works { work.run() }  // code and data into the caches
        var times = works.map { _ in [Double]() }
        for _ in 0..<repetitions {
            for (i, work) in works.enumerated() {
                times[i].append(clock.measure(work.run) / .nanoseconds(work.elements))
            }
        }
        return times.map {
            let each = $0.sorted()
            return Measurement(least: each[0], median: each[repetitions / 2])
        }
    }

    var text: String { "\(Self.short(least)) (\(Self.short(median)))" }

    static func short(_ x: Double) -> String {
        x >= 100 ? String(Int(x.rounded())) : String((x * (x < 10 ? 100 : 10)).rounded() / (x < 10 ? 100 : 10))
    }
}

struct Row {
    let value, array, host, reference: Measurement
    let hostVectors: Measurement?

    /// Columns of the table; the last is the array beside the host's vectors.
    var cells: [String] {
        [
            value.text, array.text, host.text, reference.text, hostVectors?.text ?? "–",
            hostVectors.map { Measurement.short(array.least / $0.least) } ?? "–",
        ]
    }
}

/// One row: the function in one format, one element at a time, as an array, by the host's library, by its functions over
/// vectors and by MPFR.
///
/// The arguments are the same for all columns, spread evenly over the range by SplitMix64, made outside the clock.
/// Calls are independent of each other, so this is throughput.
func row<F: Format>(_ f: Function, _: F.Type, repetitions: Int) -> Row? {
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
        y.withUnsafeMutableBufferPointer { buffer in
            let y = buffer
            // Results first: what is fast and wrong is not measured.
            F.array(f.code, x, y)
            for i in 0..<count {
                guard y[i] == F.value(f.code, x[i]), i >= 2000 || y[i] == F.reference(f.code, x[i]) else { return nil }
            }
            let vectors = F.hostVectors(f)
            let all = Measurement.of(
                [
                    (count, { for i in 0..<count { y[i] = F.value(f.code, x[i]) } }),
                    (count, { F.array(f.code, x, y) }),
                    (count, { for i in 0..<count { y[i] = host(x[i]) } }),
                    (100, { for i in 0..<100 { y[i] = F.reference(f.code, x[i]) } }),
                    (count, { vectors?(x, y) }),
                ], repetitions: repetitions)
            return Row(
                value: all[0], array: all[1], host: all[2], reference: all[3],
                hostVectors: vectors == nil ? nil : all[4])
        }
    }
}
