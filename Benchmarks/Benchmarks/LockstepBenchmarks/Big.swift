import Arithmetics
import Benchmark
import Tensors

/// MPFR arithmetic: products, and scalars over arrays.
func bigBenchmarks() {
    for precision in [128, 256, 512] {
        let name = "mpfr:\(precision)"
        for binades: UInt64 in [1, 40] {
            benchmark("matmul 64x128x64, \(binades) binades, \(name)") {
                matmul(try arithmetic(named: name), MatmulShape(m: 64, n: 64, k: 128), binades: binades)
            }
        }
        for work in BigScalar.allCases {
            benchmark("\(work.rawValue) of 256, \(name)") { bigScalar(try arithmetic(named: name), work) }
        }
    }
}

private enum BigScalar: String, CaseIterable {
    case add, multiply, divide, sqrt, exp, log, tanh
}

private func bigScalar<A: Arithmetic>(_ arithmetic: A, _ work: BigScalar) -> (() -> Void)? {
    func call<B: Arithmetic>(_ engine: inout Engine<B>) -> Tensor<A.Scalar> where B.Scalar == A.Scalar {
        switch work {
        case .add: engine.zip(.add, x, y)
        case .multiply: engine.zip(.multiply, x, y)
        case .divide: engine.zip(.divide, x, y)
        case .sqrt: engine.map(.squareRoot, positive)
        case .exp: engine.map(.elementary(.exp), x)
        case .log: engine.map(.elementary(.log), positive)
        case .tanh: engine.map(.elementary(.tanh), x)
        }
    }
    let (x, y) = (operands([256], seed: 1, arithmetic), operands([256], seed: 2, arithmetic))
    var engine = Engine(arithmetic)
    let positive = engine.map(.absolute, x)
    var plain = Engine(Plain(arithmetic))
    guard isIdentical(call(&engine), call(&plain), arithmetic) else { return nil }
    return { blackHole(call(&engine)) }
}
