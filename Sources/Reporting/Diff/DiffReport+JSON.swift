import Arithmetics
import Comparison
import Oracle
import TensorFiles

// Schema lockstep.diff/1. Keys stand in a fixed order; what is undefined is null; numbers that are not finite are the strings
// NaN, Infinity and -Infinity.

extension DiffReport {
    public static let schema = "lockstep.diff/1"

    public var json: JSONValue {
        [
            "schema": JSONValue(DiffReport.schema), "verdict": JSONValue(findings.verdict.rawValue),
            "a": a.json, "b": b.json,
            "tolerance": [
                "ulps": JSONValue(findings.tolerance.ulps),
                "ignoreZeroSign": JSONValue(findings.tolerance.ignoresZeroSign),
            ],
            "notes": JSONValue(findings.notes.map { JSONValue($0) }),
            "firstDifference": firstDifference, "series": JSONValue(findings.series.map(\.json)),
        ]
    }

    private var firstDifference: JSONValue {
        guard let (series, step) = findings.firstStep else { return .null }
        let tensor = step.firstTensor
        return [
            "arithmetic": orNull(series.a), "stepA": orNull(step.a), "stepB": orNull(step.b),
            "tensor": orNull(tensor?.name),
            "element": tensor.flatMap { tensor in tensor.values?.first.map { $0.json(tensor) } } ?? .null,
        ]
    }
}

private func orNull(_ value: Int?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
private func orNull(_ value: Double?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
private func orNull(_ value: String?) -> JSONValue { value.map { JSONValue($0) } ?? .null }
private func orNull(_ values: [Int]?) -> JSONValue { values.map { JSONValue($0.map { JSONValue($0) }) } ?? .null }
private func orNull(_ values: [String]?) -> JSONValue { values.map { JSONValue($0.map { JSONValue($0) }) } ?? .null }

extension DiffReport.Side {
    fileprivate var json: JSONValue { ["path": JSONValue(path), "kind": JSONValue(kind.rawValue)] }
}

extension SeriesDifference {
    fileprivate var json: JSONValue {
        [
            "a": orNull(a), "b": orNull(b), "onlyInA": orNull(onlyInA), "onlyInB": orNull(onlyInB),
            "steps": JSONValue(steps.map(\.json)),
        ]
    }
}

extension StepDifference {
    fileprivate var json: JSONValue {
        [
            "stepA": orNull(a), "stepB": orNull(b), "identical": JSONValue(isIdentical), "agrees": JSONValue(agrees),
            "onlyInA": orNull(onlyInA), "onlyInB": orNull(onlyInB), "tensors": JSONValue(tensors.map(\.json)),
        ]
    }
}

extension TensorDifference {
    fileprivate var json: JSONValue {
        var object: JSONObject = [
            "name": JSONValue(name), "nameB": JSONValue(otherName ?? name), "shape": orNull(shape),
            "typeA": orNull(aType), "typeB": orNull(bType), "identical": JSONValue(isIdentical),
            "agrees": JSONValue(agrees),
        ]
        switch content {
        case .values(let found):
            object["compared"] = "values"
            object["ulpPrecision"] = orNull(format?.precision)
            for member in found.members(self) { object[member.key] = member.value }
        case .shapes(let x, let y):
            object["compared"] = "shapes"
            object["shapeA"] = orNull(x)
            object["shapeB"] = orNull(y)
        case .digests(let x, let y):
            object["compared"] = "digests"
            object["digestA"] = JSONValue(x)
            object["digestB"] = JSONValue(y)
        case .unheld(let index, let value, let inA):
            object["compared"] = "digests"
            object["notHeldByTheOther"] = [
                "side": inA ? "A" : "B", "index": JSONValue(index), "value": value.json,
            ]
        case .incomparable: object["compared"] = "nothing"
        }
        return JSONValue(object)
    }
}

extension ValueDifferences {
    fileprivate func members(_ tensor: TensorDifference) -> [(key: String, value: JSONValue)] {
        [
            ("elements", JSONValue(count)), ("differing", JSONValue(differing)), ("outside", JSONValue(outside)),
            ("nonFinite", JSONValue(nonFinite)), ("maxUlp", JSONValue(measures?.maxUlp ?? 0)),
            ("medianUlp", JSONValue(measures?.medianUlp ?? 0)),
            ("maxUlpOfScale", JSONValue(measures?.maxUlpOfScale ?? 0)), ("maxOrdinal", orNull(maxOrdinal)),
            ("relativeL2", JSONValue(measures?.relativeL2 ?? 0)),
            ("first", first.map { $0.json(tensor) } ?? .null), ("worst", worst.map { $0.json(tensor) } ?? .null),
            (
                "histogram",
                [
                    "identical": JSONValue(histogram.identical), "zeroSign": JSONValue(histogram.zeroSign),
                    "bins": JSONValue(
                        histogram.ordered.map {
                            ["log2AtMost": JSONValue($0.exponent), "elements": JSONValue($0.count)] as JSONValue
                        }),
                    "infinite": JSONValue(histogram.infinite),
                ]
            ),
        ]
    }
}

extension ElementDifference {
    fileprivate func json(_ tensor: TensorDifference) -> JSONValue {
        func side(_ value: ExactValue, _ format: Format?) -> JSONValue {
            var object = value.json.object ?? JSONObject()
            object["bits"] = orNull(TensorDifference.bits(value, format))
            return JSONValue(object)
        }
        return [
            "index": JSONValue(index), "position": orNull(tensor.position(index)), "a": side(reference, tensor.aFormat),
            "b": side(value, tensor.bFormat), "ulps": JSONValue(ulps), "ordinals": orNull(ordinals),
        ]
    }
}
