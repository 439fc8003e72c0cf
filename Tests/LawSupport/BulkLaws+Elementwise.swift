import Arithmetics

extension BulkChecker {
    private var unary: [UnaryFunction<A.Scalar>] {
        [
            .negate, .absolute, .squareRoot, .relu, .sigmoid, .softplus,
            .swish(beta: arithmetic.constant(Rational(-3, 2))),
        ]
            + ElementaryFunction.allCases.map { .elementary($0) }
    }

    private var binary: [BinaryFunction<A.Scalar>] {
        [
            .add, .subtract, .multiply, .divide, .reluGradient, .sigmoidGradient, .tanhGradient, .softplusGradient,
            .swishGradient(beta: arithmetic.constant(Rational(3, 2))),
        ]
    }

    func checkMap() {
        for count in [0, 1, 37] {
            let x = array(count)
            for f in unary {
                compare("map \(f)", count: count) {
                    definition.map(f, x.span, into: &$0, at: $1)
                } actual: {
                    arithmetic.map(f, x.span, into: &$0, at: $1)
                }
            }
        }
    }

    func checkZip() {
        let count = 36
        let x = array(count)
        let repetitions: [(name: String, value: Repetition, count: Int)] = [
            ("none", .none(count), count), ("scalar", .scalar, 1), ("last axis", .lastAxis(9), 9),
            ("blocks", .blocks(of: 3, count: 4), 4), ("rows", .blocks(of: 6, count: 6), 6),
            ("a broken cycle", .lastAxis(10), 10), ("broken blocks", .blocks(of: 5, count: 9), 9),
        ]
        for (name, repetition, length) in repetitions {
            let y = array(length)
            for f in binary {
                compare("zip \(f), \(name)", count: count) {
                    definition.zip(f, x.span, y.span, repetition, into: &$0, at: $1)
                } actual: {
                    arithmetic.zip(f, x.span, y.span, repetition, into: &$0, at: $1)
                }
            }
        }
    }

    /// Every combination of weight decay, momentum, Nesterov, first update and k.
    func checkDescend() {
        let count = 13
        let (weights, buffer, gradient) = (array(count), array(count), array(count))
        let tenth = arithmetic.constant(Rational(1, 10))
        for options in 0..<16 {
            let momentum = options & 1 != 0
            for (k, fused) in [(1, false), (3, false), (11, false), (1, true)] {
                let constants = DescentConstants(
                    rate: tenth, momentum: momentum ? arithmetic.constant(Rational(9, 10)) : nil,
                    weightDecay: options & 2 != 0 ? arithmetic.constant(Rational(1, 2000)) : nil,
                    nesterov: options & 4 != 0, isFirst: options & 8 != 0, k: k, fused: fused)
                // Weights and buffer go through one array, so that both are compared.
                compare(
                    "descend, options \(options), k \(k), fused \(fused)", count: 2 * count,
                    initial: weights + (momentum ? buffer : weights)
                ) { both, site in
                    update(&both, momentum) { definition.descend(&$0, &$1, gradient.span, constants, at: site) }
                } actual: { both, site in
                    update(&both, momentum) { arithmetic.descend(&$0, &$1, gradient.span, constants, at: site) }
                }
            }
        }
    }

    private func update(
        _ both: inout MutableSpan<A.Scalar>, _ momentum: Bool,
        _ body: (inout MutableSpan<A.Scalar>, inout MutableSpan<A.Scalar>) -> Void
    ) {
        let count = both.count / 2
        var weights = (0..<count).map { both[$0] }
        var buffer = momentum ? (count..<2 * count).map { both[$0] } : []
        var weightSpan = weights.mutableSpan
        var bufferSpan = buffer.mutableSpan
        body(&weightSpan, &bufferSpan)
        for (i, value) in (weights + buffer).enumerated() { both[i] = value }
    }
}
