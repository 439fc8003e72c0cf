import Arithmetics
import Comparison
import Evaluation
import TensorFiles
import Training

// Schema lockstep.eval/1. Keys stand in a fixed order; what is undefined is null; numbers that are not finite are the strings
// NaN, Infinity and -Infinity.

extension EvaluationReport {
    public static let schema = "lockstep.eval/1"

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = JSONValue(EvaluationReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["environment"] = environment.json
        object["function"] = JSONValue(operation.name)
        object["reference"] = JSONValue("\(reference.name)")
        switch results {
        case .scalars(let results):
            object["evaluations"] = JSONValue(
                results.groups.map { group in
                    [
                        "values": JSONValue(group.operands.map { JSONValue($0.text) }),
                        "results": JSONValue(group.outcomes.map(\.json)),
                    ]
                })
        case .vectors(let results):
            object["vectors"] = JSONValue(results.operands.map(\.json))
            object["conditionNumber"] = results.conditionNumber.map { JSONValue($0) } ?? .null
            object["results"] = JSONValue(results.outcomes.map(\.json))
        case .arrays(let results):
            object["operands"] = JSONValue(results.operands.map(\.json))
            if operation == .matmul {
                object["transposed"] = [JSONValue(results.transposed.0), JSONValue(results.transposed.1)]
            }
            object["shape"] = JSONValue(results.shape.map { JSONValue($0) })
            object["results"] = JSONValue(
                results.outcomes.map { outcome in
                    var object = JSONObject()
                    object["arithmetic"] = JSONValue("\(outcome.arithmetic)")
                    object["operation"] = outcome.operation?.json(results) ?? .null
                    object["total"] = outcome.total?.json(results) ?? .null
                    if let enclosed = outcome.enclosed { object["enclosure"] = enclosed.json }
                    return JSONValue(object)
                })
        }
        return JSONValue(object)
    }
}

extension ArrayOperand {
    fileprivate var json: JSONValue {
        ["value": JSONValue(text), "shape": JSONValue(shape.map { JSONValue($0) })]
    }
}

extension Reading {
    fileprivate var json: JSONValue {
        guard let bounds else {
            return ["decimal": JSONValue(decimal), "hex": JSONValue(hexadecimal), "bits": JSONValue(bits)]
        }
        func bound(_ x: ExactValue, _ direction: RoundingDirection) -> JSONValue {
            [
                "decimal": JSONValue(x.decimal(digits: bounds.digits, direction)), "hex": JSONValue(x.hexadecimal),
            ]
        }
        return ["lower": bound(bounds.lower, .down), "upper": bound(bounds.upper, .up), "bits": JSONValue(bits)]
    }
}

extension Outcome {
    fileprivate var json: JSONValue {
        var object = JSONObject()
        object["arithmetic"] = JSONValue("\(arithmetic)")
        object["inputs"] = JSONValue(inputs.map(\.json))
        object["result"] = result.json
        object["operation"] = operation?.json ?? .null
        object["total"] = total?.json ?? .null
        if let enclosed {
            object["enclosure"] = [
                "widthUlp": JSONValue(enclosed.maxWidth), "certainBits": JSONValue(enclosed.measures.leastBits),
                "inside": enclosed.outside.map { JSONValue($0 == 0) } ?? .null,
                "reference": enclosed.reference.map { JSONValue($0.hexadecimal) } ?? .null,
                "undecided": JSONValue(enclosed.undecided),
            ]
        }
        return JSONValue(object)
    }
}

extension Outcome.Deviation {
    fileprivate var json: JSONValue {
        ["ulpError": JSONValue(ulpError), "reference": JSONValue(reference.hexadecimal)]
    }
}

extension Enclosed {
    /// Of the elements of a tensor.
    fileprivate var json: JSONValue {
        [
            "maxWidthUlp": JSONValue(maxWidth), "medianWidthUlp": JSONValue(medianWidth),
            "leastBits": JSONValue(measures.leastBits), "medianBits": JSONValue(measures.medianBits),
            "unbounded": JSONValue(measures.unbounded), "outside": outside.map { JSONValue($0) } ?? .null,
            "undecided": JSONValue(undecided),
        ]
    }
}

extension ErrorMeasures {
    fileprivate func json(_ results: ArrayResults) -> JSONValue {
        [
            "maxUlp": JSONValue(maxUlp), "maxUlpOfScale": JSONValue(maxUlpOfScale), "meanUlp": JSONValue(meanUlp),
            "medianUlp": JSONValue(medianUlp), "relativeL1": JSONValue(relativeL1), "relativeL2": JSONValue(relativeL2),
            "matchingBits": JSONValue(matchingBits),
            "worst": worst.map { worst in
                [
                    "index": JSONValue(results.position(worst.index).map { JSONValue($0) }),
                    "value": JSONValue(worst.value.hexadecimal), "reference": JSONValue(worst.reference.hexadecimal),
                ]
            } ?? .null,
        ]
    }
}
