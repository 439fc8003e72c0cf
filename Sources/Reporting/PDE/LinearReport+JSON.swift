import Arithmetics
import GradientPDE
import TensorFiles
import Training

// Schema lockstep.pde.linear/1. Keys stand in a fixed order; what is undefined is null. Exact numbers are quotients in decimal.

extension LinearReport {
    public static let schema = "lockstep.pde.linear/1"

    public var json: JSONValue {
        let linear = experiment.linear
        let network = linear.network
        var object = JSONObject()
        object["schema"] = JSONValue(LinearReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["environment"] = environment.json
        var settings = experiment.settings.json
        settings["image"] = JSONValue(network.imageSide)
        settings["kernel"] = JSONValue(network.kernelSide)
        settings["start"] =
            switch linear.start {
            case .normal(let seed): ["normal": ["seed": JSONValue("\(seed)")]]
            case .values(_, let source): ["file": JSONValue(source)]
            }
        settings["alpha"] = JSONValue(linear.decays.map { JSONValue("\($0)") })
        settings["dt"] = JSONValue("\(linear.timeStep)")
        settings["a"] = JSONValue("\(linear.slope)")
        settings["beta"] = JSONValue("\(linear.beta)")
        settings["k"] = JSONValue(linear.k)
        object["settings"] = JSONValue(settings)
        object["notes"] = JSONValue(experiment.notes.map { JSONValue($0) })
        object["eigenvalue"] = JSONValue(network.positions * network.weights)
        object["thresholds"] = JSONValue(experiment.thresholds.map(\.json))
        object["trajectories"] = JSONValue(experiment.trajectories.map(\.json))
        return JSONValue(object)
    }
}

extension LinearThresholds {
    fileprivate var json: JSONValue {
        [
            "dt": JSONValue(timeStep.hexadecimal), "margin": JSONValue("\(LinearThresholds.margin)"),
            "arithmetic": JSONValue("mpfr:\(LinearThresholds.precision)"), "steps": JSONValue(LinearThresholds.steps),
            "sides": JSONValue(
                sides.map { side in
                    [
                        "bound": JSONValue(side.bound.rawValue), "factor": JSONValue("\(side.factor)"),
                        "alpha": JSONValue("\(side.decay)"), "growthFactor": side.growthFactor.json,
                        "proved": JSONValue(side.proved.rawValue), "shownExponent": JSONValue(side.shown),
                    ]
                }),
        ]
    }
}

extension LinearPrediction {
    fileprivate var json: JSONValue {
        [
            "behaviour": JSONValue(behaviour.rawValue), "alphaMin": JSONValue("\(leastDecay)"),
            "alphaMax": JSONValue("\(greatestDecay)"), "factorAlong": JSONValue("\(alongFactor)"),
            "factorAcross": JSONValue("\(acrossFactor)"), "exponent": exponent.json,
        ]
    }
}

extension PartGrowth {
    fileprivate var json: JSONValue {
        [
            "steps": JSONValue(steps), "exponent": exponent.map { JSONValue($0) } ?? .null,
            "predicted": JSONValue(predicted),
        ]
    }
}

extension LinearTrajectory {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["alpha"] = ["written": JSONValue("\(written)"), "used": JSONValue(coefficients.decay.hexadecimal)]
        object["arithmetic"] = JSONValue("\(arithmetic)")
        object["dt"] = JSONValue(coefficients.timeStep.hexadecimal)
        object["convolution"] = JSONValue(usesClasses ? "classes of positions" : "every position")
        object["predicted"] = prediction.json
        object["shown"] = [
            "behaviour": behaviour.map { JSONValue($0.rawValue) } ?? .null, "tangent": tangent?.json ?? .null,
            "along": along.json,
            "across": across.json, "firstNonFinite": firstNonFinite.map { JSONValue($0) } ?? .null,
        ]
        object["records"] = JSONValue(
            records.map { record in
                [
                    "step": JSONValue(record.step), "totalLoss": record.totalLoss.json,
                    "crossEntropy": record.crossEntropy.json, "projection": record.projection.json,
                    "squaredNorm": record.squaredNorm.json,
                ]
            })
        return JSONValue(object)
    }
}
