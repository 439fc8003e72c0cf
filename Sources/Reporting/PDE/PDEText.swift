import Arithmetics
import GradientPDE

// What the reports of `lockstep pde` write alike.

extension LyapunovEstimate {
    /// `-0.00439 +- 2.1e-9`: the value with the digits that its interval leaves, at least three, and half the interval.
    func text(_ style: TextStyle) -> String {
        let half = max(exponent.high - exponent.value, exponent.value - exponent.low)
        let sign = style.hasUnicode ? "\u{00B1}" : "+-"
        var digits = 3
        // A digit each time the uncertainty falls below a tenth of a unit of the last one.
        while digits < 10, half < abs(exponent.value) * tenth(digits) { digits += 1 }
        return "\(Numbers.short(exponent.value, digits: digits)) \(sign) \(Numbers.short(half, digits: 2))"
    }

    private func tenth(_ digits: Int) -> Double {
        var power = 1.0
        for _ in 0..<digits { power /= 10 }
        return power
    }
}

extension RecordedValue {
    /// The digits that both bounds share, at most so many; of a single number, so many digits.
    func certainText(digits: Int) -> String {
        guard let bounds else { return Numbers.short(value, digits: digits) }
        for count in stride(from: digits, to: 0, by: -1) {
            let text = bounds.lower.decimal(digits: count)
            if text == bounds.upper.decimal(digits: count) { return Numbers.readable(text) }
        }
        return "[\(bounds.lower.decimal(digits: 3, .down)), \(bounds.upper.decimal(digits: 3, .up))]"
    }
}

extension Behaviour {
    /// What was predicted, and what the run shows where that is something else.
    func text(shown: Behaviour?) -> String {
        guard let shown, shown != self else { return rawValue }
        return "\(rawValue) (run: \(shown.rawValue))"
    }
}
