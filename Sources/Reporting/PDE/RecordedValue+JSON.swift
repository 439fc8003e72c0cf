import Arithmetics
import GradientPDE
import TensorFiles

extension RecordedValue {
    /// `{"hex", "decimal"}`, exact and enough digits to tell it from its neighbours; of an enclosure `{"lower", "upper"}` of such,
    /// decimals rounded outward.
    var json: JSONValue {
        func number(_ x: ExactValue, _ direction: RoundingDirection) -> JSONValue {
            ["hex": JSONValue(x.hexadecimal), "decimal": JSONValue(x.decimal(digits: digits, direction))]
        }
        guard let bounds else { return number(value, .nearest) }
        return ["lower": number(bounds.lower, .down), "upper": number(bounds.upper, .up)]
    }
}

extension PDESettings {
    /// What determines a result besides the experiment's own numbers.
    var json: JSONObject {
        [
            "arithmetics": JSONValue(arithmetics.map { JSONValue("\($0)") }), "grid": JSONValue("\(grid)"),
            "steps": JSONValue(steps), "every": JSONValue(every),
        ]
    }
}

extension LyapunovEstimate {
    var json: JSONValue {
        [
            "method": JSONValue(method.rawValue), "exponent": JSONValue(exponent.value),
            "low": JSONValue(exponent.low), "high": JSONValue(exponent.high), "steps": JSONValue(steps),
        ]
    }
}
