import Arithmetics
import Comparison
import GradientPDE
import TensorFiles
import Training

extension NonlinearReport {
    public static let schema = "lockstep.pde.nonlinear/1"

    public var json: JSONValue {
        let nonlinear = experiment.nonlinear
        var object = JSONObject()
        object["schema"] = JSONValue(NonlinearReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["environment"] = environment.json
        object["settings"] = JSONValue(experiment.settings.json)
        object["problem"] = [
            "image": JSONValue(nonlinear.network.imageSide), "kernel": JSONValue(nonlinear.network.kernelSide),
            "alpha": JSONValue("\(nonlinear.decay)"), "lr": JSONValue(nonlinear.rates.map { JSONValue("\($0)") }),
            "k": JSONValue(nonlinear.factors.map { JSONValue($0) }), "start": nonlinear.start.json,
        ]
        object["notes"] = JSONValue(experiment.notes.map { JSONValue($0) })
        object["fixedPoints"] = experiment.fixedPoints.json
        object["periodTwo"] = JSONValue(experiment.windows.map(\.json))
        object["predictions"] = JSONValue(experiment.predictions.map(\.json))
        object["trajectories"] = JSONValue(experiment.trajectories.map { $0.json(experiment.settings) })
        object["claims"] = JSONValue(
            experiment.claims.map { claim in
                [
                    "claim": JSONValue(claim.text), "holds": claim.holds.map { JSONValue($0) } ?? .null,
                    "exceptions": JSONValue(claim.exceptions.map { JSONValue($0) }),
                ]
            })
        if !ladders.isEmpty {
            object["ladders"] = JSONValue(ladders.map { $0.json(toTrust: experiment.settings.steps) })
        }
        return JSONValue(object)
    }
}

extension KernelStart {
    fileprivate var json: JSONValue {
        switch self {
        case .normal(let seed): ["normal": ["seed": JSONValue("\(seed)")]]
        case .values(_, let source): ["file": JSONValue(source)]
        }
    }
}

extension FixedPoints {
    fileprivate var json: JSONValue {
        [
            "proved": JSONValue(isComplete), "radius": JSONValue(radius), "intervals": JSONValue(intervals),
            "points": JSONValue(
                points.map { point in
                    [
                        "z": point.z.json, "curvature": point.curvature.json,
                        "threshold": point.threshold?.json ?? .null,
                    ]
                }),
        ]
    }
}

extension PeriodTwoWindow {
    fileprivate var json: JSONValue {
        func rate(_ exact: Rational) -> JSONValue {
            JSONValue(Format.mpfr(precision: 192).round(exact).hexadecimal)
        }
        return [
            "from": point.z.json, "opens": opens.json,
            "closes": ["attracting": rate(closes.lower), "repelling": rate(closes.upper)],
        ]
    }
}

extension NonlinearPrediction {
    fileprivate var json: JSONValue {
        [
            "lr": JSONValue("\(written)"), "behaviour": JSONValue(behaviour.rawValue),
            "multipliers": JSONValue(multipliers.map(\.json)), "orthogonalFactor": JSONValue("\(orthogonalFactor)"),
            "orthogonalExponent": JSONValue(orthogonalExponent),
            "trappingRadius": trappingRadius.map { JSONValue($0) } ?? .null, "exponent": exponent?.json ?? .null,
            "orbit": orbit.map { orbit in
                [
                    "period": JSONValue(orbit.period), "points": JSONValue(orbit.points.map(\.json)),
                    "multiplier": orbit.multiplier.json, "stability": JSONValue(orbit.stability.rawValue),
                ]
            } ?? .null,
        ]
    }
}

extension NonlinearTrajectory {
    fileprivate func json(_ settings: PDESettings) -> JSONValue {
        [
            "arithmetic": JSONValue("\(arithmetic)"),
            "lr": ["written": JSONValue("\(written)"), "used": JSONValue(rate.hexadecimal)],
            "alpha": JSONValue(decay.hexadecimal), "gridPrecision": JSONValue(grid.precision),
            "method": JSONValue(method), "behaviour": JSONValue(behaviour.rawValue),
            "period": period.map { JSONValue($0) } ?? .null, "blowUp": blowUp.map { JSONValue($0) } ?? .null,
            "exponents": [
                "alongPatch": alongPatch?.json ?? .null, "acrossPatch": JSONValue(acrossPatch),
                "twoTrajectories": shadow?.json ?? .null,
            ],
            "records": JSONValue(
                records.map { record in
                    [
                        "step": JSONValue(record.step), "totalLoss": record.totalLoss.json,
                        "crossEntropy": record.crossEntropy.json, "projection": record.projection.json,
                        "squaredNorm": record.squaredNorm.json,
                    ]
                }),
            "copies": JSONValue(copies.map { copy($0, settings) }),
        ]
    }

    private func copy(_ copy: Copy, _ settings: PDESettings) -> JSONValue {
        let means = copy.slidingMean()
        let steps = copy.relativeL1.indices.filter { settings.records($0) }
        return [
            "k": JSONValue(copy.factor), "window": JSONValue(NonlinearSettings.window),
            "steps": JSONValue(
                steps.map { step in
                    [
                        "step": JSONValue(step), "relativeL1": JSONValue(copy.relativeL1[step]),
                        "mean": JSONValue(means[step]),
                    ]
                }),
        ]
    }
}
