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
                    [
                        "arithmetic": JSONValue("\(outcome.arithmetic)"),
                        "operation": outcome.operation.json(results),
                        "total": outcome.total.json(results),
                    ]
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
        ["decimal": JSONValue(decimal), "hex": JSONValue(hexadecimal), "bits": JSONValue(bits)]
    }
}

extension Outcome {
    fileprivate var json: JSONValue {
        [
            "arithmetic": JSONValue("\(arithmetic)"), "inputs": JSONValue(inputs.map(\.json)), "result": result.json,
            "operation": operation?.json ?? .null, "total": total?.json ?? .null,
        ]
    }
}

extension Outcome.Deviation {
    fileprivate var json: JSONValue {
        ["ulpError": JSONValue(ulpError), "reference": JSONValue(reference.hexadecimal)]
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
