import Arithmetics

/// How one mode of a run grew, beside its symbol.
public struct ModeGrowth: Sendable {
    /// 1 … 29.
    public let mode: Int
    /// Amplitude at the start.
    public let initial: Double
    /// Updates measured over: to the last recorded step at which the amplitude still stands above the roundings of the state.
    /// 0 where it never did, or the mode is absent from the start.
    public let steps: Int
    /// (|amplitude then| ÷ |amplitude at the start|)^(1/steps); nil for 0 steps.
    public let modulus: Double?
    /// That modulus ÷ the symbol's, less 1.
    public let deviation: Double?

    /// An amplitude counts while it exceeds this many units in the last place of the largest value so far.
    public static let floorInUlps = 64
}

extension HeatTrajectory {
    /// The growth of every mode, from the recorded states, by intervals a little wider than the arithmetic.
    func modes(_ prediction: HeatPrediction) -> [ModeGrowth] {
        func measure(_ a: some Arithmetic) -> [ModeGrowth] { modes(prediction, HeatSymbols(in: a)) }
        return measure(intervalArithmetic(precision: arithmetic.format.precision + 64))
    }

    private func modes<I: Arithmetic>(_ prediction: HeatPrediction, _ symbols: HeatSymbols<I>) -> [ModeGrowth] {
        var a = symbols.arithmetic
        var amplitudes: [(step: Int, values: [I.Scalar], floor: I.Scalar)] = []
        var largest = a.zero
        let unit = Rational(ModeGrowth.floorInUlps) / Rational(2).power(arithmetic.format.precision - 1)
        for record in records {
            let u = record.values.map { value in
                value.bounds.map {
                    a.array(Enclosure(lower: ExactArray([$0.lower]), upper: ExactArray([$0.upper])))[0]
                } ?? a.constant(value.value)
            }
            guard record.values.allSatisfy(\.isFinite) else { break }
            largest = u.reduce(largest) { a.maximum($0, a.absolute($1)) }
            amplitudes.append((record.step, symbols.amplitudes(u), a.multiply(largest, a.constant(unit))))
        }
        guard let first = amplitudes.first else { return [] }
        return HeatEquation.modes.map { k in
            let start = first.values[k - 1]
            let initial = a.exactValue(start).double
            let last = amplitudes.last { a.compare(a.absolute($0.values[k - 1]), $0.floor) == .greater }
            // Above its floor at the start too, or the ratio would be one of roundings.
            guard let last, last.step > 0, a.compare(a.absolute(start), first.floor) == .greater else {
                return ModeGrowth(mode: k, initial: initial, steps: 0, modulus: nil, deviation: nil)
            }
            let ratio = a.absolute(a.divide(last.values[k - 1], start))
            let modulus = a.elementary(.exp, a.divide(a.elementary(.log, ratio), byInteger: last.step))
            let predicted = a.absolute(symbols.symbol(mode: k, timeStep: a.constant(timeStep)))
            let deviation = a.subtract(a.divide(modulus, predicted), a.one)
            return ModeGrowth(
                mode: k, initial: initial, steps: last.step, modulus: a.exactValue(modulus).double,
                deviation: a.exactValue(deviation).double)
        }
    }

    /// The largest |u_i - u_{30-i}| of any record: 0 where every state is its own mirror image to the bit. Then every even
    /// mode is absent; the tent has none, and deterministic roundings treat both sides alike.
    public var asymmetry: Double {
        records.map { record in
            (0..<15).map { i in
                let (left, right) = (record.values[i].value, record.values[30 - i].value)
                if left == right { return 0 }
                return abs(left.double - right.double)
            }.max() ?? 0
        }.max() ?? 0
    }
}
