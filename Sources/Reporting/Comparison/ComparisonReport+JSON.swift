import Arithmetics
import Comparison
import TensorFiles
import Training

// Schema lockstep.compare/1. Keys stand in a fixed order; what is undefined is null; numbers that are not finite are the
// strings NaN, Infinity and -Infinity.

extension ComparisonReport {
    public static let schema = "lockstep.compare/1"

    public var json: JSONValue {
        var study = self.study.json.object ?? JSONObject()
        study["values"] = JSONValue(startingValues.map(\.json))
        var object = JSONObject()
        object["schema"] = JSONValue(ComparisonReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["study"] = JSONValue(study)
        object["network"] = [
            "parameters": JSONValue(network.parameterCount),
            "tensors": JSONValue(
                network.parameters.map { parameter in
                    [
                        "name": JSONValue(parameter.name),
                        "shape": JSONValue(parameter.shape.shape.map { JSONValue($0) }),
                    ]
                }),
        ]
        object["environment"] = environment.json
        object["reference"] = result.reference.map(\.json) ?? .null
        object["runs"] = runsJSON(result.runs)
        object["resultDigest"] = resultDigest.map { JSONValue($0) } ?? .null
        object["interrupted"] = JSONValue(isInterrupted)
        return JSONValue(object)
    }

    private func runsJSON(_ runs: [RunRecord]) -> JSONValue {
        let names = network.parameters.map(\.name)
        return JSONValue(runs.map { $0.json(names) })
    }

    /// SHA-256 over what the study alone determines, as compact JSON: what two machines compare. nil when interrupted.
    public var resultDigest: String? {
        guard !isInterrupted else { return nil }
        // What else was counted, split or evaluated on the way changes no result.
        var essential = result.runs
        for i in essential.indices {
            essential[i].evaluations = []
            for j in essential[i].steps.indices {
                essential[i].steps[j].operations = nil
                for t in essential[i].steps[j].tensors.indices {
                    essential[i].steps[j].tensors[t].parts = nil
                }
            }
        }
        let deterministic: JSONValue = [
            "contract": JSONValue(contractVersion), "study": study.portableJSON,
            "reference": result.reference.map(\.json) ?? .null, "runs": runsJSON(essential),
        ]
        return Digest.hexadecimal(of: deterministic.encoded())
    }
}

extension ExactValue {
    /// Exact in `hex`; `decimal` is rounded to 17 digits.
    var json: JSONValue {
        let decimal = self.decimal(digits: 17)
        return [
            "hex": JSONValue(hexadecimal),
            "decimal": JSONNumber(literal: decimal).map { JSONValue.number($0) } ?? JSONValue(decimal),
        ]
    }
}

extension Optional where Wrapped == Double {
    fileprivate var json: JSONValue { map { JSONValue($0) } ?? .null }
}

extension ComparisonFindings.Reference {
    fileprivate var json: JSONValue {
        ["arithmetic": JSONValue(arithmetic), "trustedBits": trustedBits.map { JSONValue($0) } ?? .null]
    }
}

extension RunRecord {
    /// - Parameter names: of the tensors.
    fileprivate func json(_ names: [String]) -> JSONValue {
        var object: JSONObject = [
            "arithmetic": JSONValue(arithmetic), "steps": JSONValue(steps.map { $0.json(names) }),
            "firstDifference": firstDifference.map { difference in
                [
                    "step": JSONValue(difference.step), "tensor": JSONValue(difference.tensor),
                    "index": JSONValue(difference.index), "value": difference.value.json,
                    "reference": difference.reference.json,
                ]
            } ?? .null,
            "blowUp": blowUp.map {
                ["step": JSONValue($0.step), "tensor": JSONValue($0.tensor), "index": JSONValue($0.index)]
            } ?? .null,
            "growthExponent": growthExponent.map(\.json) ?? .null,
            "test": test.map(\.json) ?? .null,
        ]
        if !evaluations.isEmpty { object["epochs"] = JSONValue(evaluations.map(\.json)) }
        if let tangentAmplifications {
            object["lyapunovExponent"] = lyapunovExponent.map(\.json) ?? .null
            object["tangentAmplifications"] = JSONValue(tangentAmplifications.map { JSONValue($0) })
        }
        // Enclosing runs alone have more to say.
        if let undecided {
            object["undecided"] = [
                "count": JSONValue(undecided.count),
                "first": undecided.first.map { first in
                    [
                        "step": undecided.firstStep.map { JSONValue($0) } ?? .null, "part": JSONValue(first.part),
                        "element": JSONValue(first.element),
                    ]
                } ?? .null,
            ]
        }
        return JSONValue(object)
    }
}

extension EvaluationRecord {
    var json: JSONValue {
        [
            "epoch": JSONValue(epoch), "step": JSONValue(step), "accuracy": accuracy.json, "loss": JSONValue(loss),
        ]
    }
}

extension TestRecord {
    fileprivate var json: JSONValue {
        var object: JSONObject = ["accuracy": JSONValue(accuracy), "churn": churn.json]
        if let undecided { object["undecided"] = JSONValue(undecided) }
        return JSONValue(object)
    }
}

extension EnclosureRecord {
    fileprivate func json(_ names: [String]) -> JSONValue {
        var tensorsByName = JSONObject()
        for (name, measures) in zip(names, tensors) { tensorsByName[name] = measures.json }
        return [
            "loss": loss.map { ["lower": $0.lower.json, "upper": $0.upper.json] } ?? .null,
            "all": all.json, "tensors": JSONValue(tensorsByName),
            "undecided": undecided.map { undecided in
                [
                    "count": JSONValue(undecided.count),
                    "first": undecided.first.map {
                        ["part": JSONValue($0.part), "element": JSONValue($0.element)]
                    } ?? .null,
                ]
            } ?? .null,
        ]
    }
}

extension EnclosureMeasures {
    fileprivate var json: JSONValue {
        [
            "leastBits": JSONValue(leastBits), "medianBits": JSONValue(medianBits),
            "bitsOfScale": JSONValue(bitsOfScale), "unbounded": JSONValue(unbounded),
            "outside": outside.map { JSONValue($0) } ?? .null,
            "firstOutside": firstOutside.map { JSONValue($0) } ?? .null,
        ]
    }
}

extension StepRecord {
    fileprivate func json(_ names: [String]) -> JSONValue {
        var tensorsByName = JSONObject()
        for tensor in tensors {
            var measures = tensor.error.object
            measures["worst"] =
                tensor.error.worst.map {
                    ["index": JSONValue($0.index), "value": $0.value.json, "reference": $0.reference.json]
                } ?? .null
            if let parts = tensor.parts {
                measures["priorErrorNorm"] = JSONValue(parts.prior)
                measures["errorNorm"] = JSONValue(parts.error)
                measures["localError"] = JSONValue(parts.local)
                measures["propagatedError"] = JSONValue(parts.propagated)
            }
            tensorsByName[tensor.name] = JSONValue(measures)
        }
        var object: JSONObject = [
            "step": JSONValue(step), "loss": loss.map(\.json) ?? .null, "digest": JSONValue(digest),
            "error": error.map { JSONValue($0.object) } ?? .null,
            "tensors": error == nil ? .null : JSONValue(tensorsByName),
            "localError": localError.json, "propagatedError": propagatedError.json, "amplification": amplification.json,
        ]
        if let enclosure { object["enclosure"] = enclosure.json(names) }
        if let operations {
            var counts = JSONObject()
            for (operation, count) in operations.occurring { counts[operation.rawValue] = JSONValue(count) }
            object["operations"] = JSONValue(counts)
        }
        return JSONValue(object)
    }
}

extension ErrorMeasures {
    fileprivate var object: JSONObject {
        [
            "maxUlp": JSONValue(maxUlp), "maxUlpOfScale": JSONValue(maxUlpOfScale), "meanUlp": JSONValue(meanUlp),
            "medianUlp": JSONValue(medianUlp), "maxOrdinal": maxOrdinal.json, "relativeL1": JSONValue(relativeL1),
            "relativeL2": JSONValue(relativeL2), "matchingBits": JSONValue(matchingBits),
            "localisation": localisation.map {
                [
                    "worstShare": JSONValue($0.worstShare),
                    "participationRatio": JSONValue($0.participationRatio),
                ]
            } ?? .null,
        ]
    }
}
