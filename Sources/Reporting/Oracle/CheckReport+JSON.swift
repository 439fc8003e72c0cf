import Arithmetics
import Oracle
import TensorFiles
import Training

// Schema lockstep.oracle/1. Keys stand in a fixed order; what is undefined is null; numbers that are not finite are the
// strings NaN, Infinity and -Infinity. Errors are in ulps of the tensor's largest reference magnitude unless said otherwise.

extension CheckReport {
    public static let schema = "lockstep.oracle/1"

    public var json: JSONValue {
        [
            "schema": JSONValue(CheckReport.schema), "contract": JSONValue(contractVersion), "study": study.json,
            "verdict": JSONValue(findings.verdict.rawValue),
            "reasons": JSONValue(findings.reasons.map { JSONValue($0) }),
            "notes": JSONValue(findings.notes.map { JSONValue($0) }),
            "format": findings.format.name.map { JSONValue($0) } ?? .null,
            "reference": JSONValue(findings.reference.description),
            "ensemble": JSONValue(findings.ensemble.map { JSONValue($0) }),
            "limits": [
                "maxRatio": JSONValue(findings.limits.maxRatio),
                "maxUlp": findings.limits.maxUlp.map { JSONValue($0) } ?? .null,
                "bitwise": JSONValue(findings.limits.bitwise),
            ],
            "firstDifference": findings.firstDifference.map(\.json) ?? .null,
            "explanation": findings.explanation.map {
                [
                    "name": JSONValue($0.name), "sentence": JSONValue($0.sentence),
                    "remainingRatio": JSONValue($0.remaining),
                ] as JSONValue
            } ?? .null,
            "firstOperation": findings.firstOperation.map(\.json) ?? .null,
            "tensors": JSONValue(findings.judgements.map(\.json)),
            "operations": JSONValue(findings.operations.map(\.json)),
            "trajectory": JSONValue(
                findings.trajectory.map {
                    [
                        "step": JSONValue($0.step), "relativeL2": JSONValue($0.foreign),
                        "ownRelativeL2": JSONValue($0.own),
                    ]
                }),
            "environment": environment.json,
        ]
    }
}

extension CheckFindings.Judgement {
    var json: JSONValue {
        [
            "subject": JSONValue(subject.rawValue), "step": JSONValue(step), "update": JSONValue(update),
            "updatesSinceTheirState": JSONValue(updates), "tensor": JSONValue(tensor),
            "verdict": JSONValue(verdict.rawValue), "ratio": JSONValue(ratio), "measure": JSONValue(measure),
            "foreign": foreign.json, "own": own.json,
            "ensemble": [
                "leastRms": JSONValue(ensembleLeast.rms), "leastMax": JSONValue(ensembleLeast.max),
                "largest": ensemble.json,
            ],
            "resolution": resolution.map { JSONValue($0) } ?? .null, "worst": worst.json,
        ]
    }
}

extension CheckFindings.OperationJudgement {
    fileprivate var json: JSONValue {
        [
            "update": JSONValue(update), "pass": JSONValue(pass), "operation": JSONValue(place),
            "verdict": JSONValue(verdict.rawValue), "ratio": JSONValue(ratio), "foreign": foreign.json,
            "ensemble": ensemble.json, "worst": worst.json,
        ]
    }
}

extension CheckFindings.Worst {
    var json: JSONValue {
        [
            "element": JSONValue(element), "foreign": foreign.json, "reference": reference.json, "own": own.json,
            "ulps": JSONValue(ulps),
        ]
    }
}

extension ErrorSize {
    var json: JSONValue {
        [
            "rms": JSONValue(rms), "max": JSONValue(max), "maxUlp": JSONValue(maxUlp),
            "alongUpdate": alongUpdate.map { JSONValue($0) } ?? .null,
            "alongWeights": alongWeights.map { JSONValue($0) } ?? .null,
        ]
    }
}
