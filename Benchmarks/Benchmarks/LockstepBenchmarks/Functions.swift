import Benchmark
import CKernels

/// What correct rounding costs: every elementary function over an array, one by one, by the host's library, by its functions
/// over vectors, and by MPFR.
func functionBenchmarks() {
    for function in Function.all {
        functionBenchmarks(function, Float.self)
        functionBenchmarks(function, Double.self)
    }
}

private let count = 4096

/// The arguments are the same for all, spread evenly over the range. Calls are independent of each other, so this is throughput.
private func functionBenchmarks<F: NativeFormat>(_ f: Function, _: F.Type) {
    func each(_ way: String, _ elements: Int = count, _ call: @escaping (Arrays<F>) -> Void) {
        benchmark("\(f.name) of \(elements), \(way), \(F.name)") {
            let arrays = Arrays<F>(f, elements)
            // What is fast and wrong is not measured.
            guard arrays.isRight(f) else { return nil }
            return { call(arrays) }
        }
    }
    each("array") { F.array(f.code, UnsafeBufferPointer($0.x), $0.y) }
    each("one by one") { for i in $0.x.indices { $0.y[i] = F.value(f.code, $0.x[i]) } }
    let host = F.host(f)
    each("host") { for i in $0.x.indices { $0.y[i] = host($0.x[i]) } }
    each("MPFR", 256) { for i in $0.x.indices { $0.y[i] = F.reference(f.code, $0.x[i]) } }
    if let vectors = F.hostVectors(f) { each("host vectors") { vectors(UnsafeBufferPointer($0.x), $0.y) } }
}

/// Arguments and room for results.
private final class Arrays<F: NativeFormat> {
    let x, y: UnsafeMutableBufferPointer<F>

    init(_ f: Function, _ count: Int) {
        (x, y) = (.allocate(capacity: count), .allocate(capacity: count))
        let width = f.arguments.upperBound - f.arguments.lowerBound
        var state: UInt64 = 1
        for i in 0..<count {  // Weyl's sequence with the golden ratio is spread as evenly as can be
            state &+= 0x9e37_79b9_7f4a_7c15
            x.initializeElement(at: i, to: F(f.arguments.lowerBound + Double(state >> 11) * 0x1p-53 * width))
            y.initializeElement(at: i, to: 0)
        }
    }

    deinit {
        x.deallocate()
        y.deallocate()
    }

    /// Array and single values against each other, the first of them against MPFR.
    func isRight(_ f: Function) -> Bool {
        F.array(f.code, UnsafeBufferPointer(x), y)
        return x.indices.allSatisfy {
            y[$0] == F.value(f.code, x[$0]) && ($0 >= 200 || y[$0] == F.reference(f.code, x[$0]))
        }
    }
}
