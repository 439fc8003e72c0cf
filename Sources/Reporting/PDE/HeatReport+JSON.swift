import Arithmetics
import GradientPDE
import TensorFiles
import Training

// Schema lockstep.pde.heat/1. Keys stand in a fixed order; what is undefined is null.

extension HeatReport {
    public static let schema = "lockstep.pde.heat/1"

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = JSONValue(HeatReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["environment"] = environment.json
        object["settings"] = JSONValue(experiment.settings.json)
        object["notes"] = JSONValue(experiment.notes.map { JSONValue($0) })
        object["threshold"] = experiment.threshold.json
        object["trajectories"] = JSONValue(experiment.trajectories.map(\.json))
        return JSONValue(object)
    }
}

extension HeatThreshold {
    fileprivate var json: JSONValue {
        [
            "value": value.json, "margin": JSONValue("\(HeatThreshold.margin)"), "below": below.json,
            "above": above.json,
        ]
    }
}

extension HeatThreshold.Side {
    fileprivate var json: JSONValue {
        [
            "proved": JSONValue(proof.behaviour.rawValue), "largestSymbol": proof.radius.json,
            "shown": [
                "arithmetic": JSONValue("mpfr:\(HeatThreshold.precision)"), "steps": JSONValue(HeatThreshold.steps),
                "dt": JSONValue(timeStep.hexadecimal), "behaviour": JSONValue(behaviour.rawValue),
                "exponentOfMode29": shown.json,
            ],
        ]
    }
}

extension HeatTrajectory {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["arithmetic"] = JSONValue("\(arithmetic)")
        object["dt"] = ["written": JSONValue("\(written)"), "used": JSONValue(timeStep.hexadecimal)]
        object["predicted"] = [
            "behaviour": JSONValue(prediction.behaviour.rawValue), "exponent": prediction.exponent.json,
            "largestSymbol": prediction.radius.json,
        ]
        object["shown"] = [
            "behaviour": behaviour.map { JSONValue($0.rawValue) } ?? .null, "tangent": tangent?.json ?? .null,
            "twoTrajectories": twoTrajectories?.json ?? .null,
            "identicalFromStep": mergedAt.map { JSONValue($0) } ?? .null,
            "firstNonFinite": firstNonFinite.map { JSONValue($0) } ?? .null, "asymmetry": JSONValue(asymmetry),
        ]
        object["modes"] = JSONValue(
            modes.map { mode in
                [
                    "mode": JSONValue(mode.mode), "symbol": prediction.symbols[mode.mode - 1].json,
                    "initialAmplitude": JSONValue(mode.initial), "steps": JSONValue(mode.steps),
                    "measuredModulus": mode.modulus.map { JSONValue($0) } ?? .null,
                    "deviation": mode.deviation.map { JSONValue($0) } ?? .null,
                ]
            })
        object["records"] = JSONValue(
            records.map { ["step": JSONValue($0.step), "u": JSONValue($0.values.map(\.json))] })
        return JSONValue(object)
    }
}
