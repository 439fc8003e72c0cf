import Arithmetics

/// The second arithmetic rounds like the first one seen in a mirror: first(x) = -second(-x) for every operation that changes sign
/// with its operands. Up and down are such a pair; to nearest, toward zero and with draws each is its own, but for sums that are
/// 0, which have one sign there.
///
/// - Returns: One line for every operation that differs; empty when none does.
public func checkMirror<A: Arithmetic>(_ first: A, _ second: A, seed: UInt64) -> [String] {
    var (first, second) = (first, second)
    var operands = Operands(first.format, seed: seed)
    let values = operands.edges(random: 2).map { first.constant($0) }
    var violations: [String] = []
    let ownImage = first.direction == second.direction
    let start = RoundingPlace(step: 1, operation: 2, element: 3)

    func compare(_ operation: String, _ a: A.Scalar, _ b: A.Scalar, isSum: Bool = false) {
        let (x, y) = (first.exactValue(a), second.exactValue(second.negate(b)))
        let zeroSum = isSum && ownImage && x.kind == .zero && y.kind == .zero
        guard x != y, !zeroSum, violations.count < 20 else { return }
        violations.append("\(first.name), seed \(seed): \(operation) is \(x.hexadecimal), mirrored \(y.hexadecimal)")
    }

    for (i, a) in values.enumerated() {
        // Both from one place, so that they draw alike.
        first.place = start
        second.place = start
        let minus = second.negate(a)
        compare("tanh", first.elementary(.tanh, a), second.elementary(.tanh, minus))
        compare("sin", first.elementary(.sin, a), second.elementary(.sin, minus))
        compare("× 2049", first.multiply(a, byInteger: 2049), second.multiply(minus, byInteger: 2049))
        compare("÷ 2049", first.divide(a, byInteger: 2049), second.divide(minus, byInteger: 2049))
        for (j, b) in values.enumerated() {
            let c = values[(5 * i + j) % values.count]
            let operation = "operation on \(first.exactValue(a).hexadecimal), \(first.exactValue(b).hexadecimal)"
            compare("+ " + operation, first.add(a, b), second.add(minus, second.negate(b)), isSum: true)
            compare("- " + operation, first.subtract(a, b), second.subtract(minus, second.negate(b)), isSum: true)
            compare("× " + operation, first.multiply(a, b), second.multiply(minus, b))
            compare("÷ " + operation, first.divide(a, b), second.divide(minus, b))
            compare("fma " + operation, first.fma(a, b, c), second.fma(minus, b, second.negate(c)), isSum: true)
        }
    }
    return violations
}
