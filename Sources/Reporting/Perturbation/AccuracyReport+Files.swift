import Arithmetics
import Comparison
import Perturbation
import TensorFiles
import Training

// The table as JSON (schema lockstep.perturb/1), as comma-separated values and as a figure.

extension AccuracyReport {
    public static let schema = "lockstep.perturb/1"

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = JSONValue(AccuracyReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["experiment"] = "perturbed-sgd"
        object["preset"] = heading.preset.map { JSONValue($0) } ?? .null
        object["study"] = heading.study.json
        object["environment"] = environment.json
        for (key, value) in found { object[key] = value }
        object["resultDigest"] = resultDigest.map { JSONValue($0) } ?? .null
        object["interrupted"] = JSONValue(isInterrupted)
        return JSONValue(object)
    }

    /// SHA-256 over what the request alone determines, as compact JSON; nil until everything is finished.
    public var resultDigest: String? {
        guard !isInterrupted else { return nil }
        var object: JSONObject = [
            "contract": JSONValue(contractVersion), "study": heading.study.portableJSON,
        ]
        for (key, value) in found { object[key] = value }
        return Digest.hexadecimal(of: JSONValue(object).encoded())
    }

    /// What was asked for and what came of it.
    private var found: [(String, JSONValue)] {
        [
            (
                "request",
                [
                    "seeds": JSONValue(request.seeds.map { JSONValue("\($0)") }),
                    "k": JSONValue(request.factors.map { JSONValue($0) }),
                    "perturbations": JSONValue(request.others.map { JSONValue("\($0)") }),
                    "lastEpochs": JSONValue(request.lastEpochs),
                    "vary": JSONValue(request.orderAlone ? "order" : "all"),
                ]
            ),
            ("cells", JSONValue(cellsJSON)), ("spread", spread.map(\.json) ?? .null),
            ("controls", JSONValue(controls.map { $0.map(\.json) ?? .null })),
        ]
    }

    private var cellsJSON: [JSONValue] {
        table.rows.indices.flatMap { r in
            table.seeds.indices.compactMap { s in
                table.cells[r][s].map { cell in
                    [
                        "perturbation": JSONValue("\(table.rows[r])"), "seed": JSONValue("\(table.seeds[s])"),
                        "accuracy": JSONValue(cell.accuracy), "digest": JSONValue(cell.digest),
                        "blowUp": cell.blowUp.map {
                            ["step": JSONValue($0.step), "tensor": JSONValue($0.tensor), "index": JSONValue($0.index)]
                        } ?? .null,
                        "epochs": JSONValue(cell.evaluations.map(\.json)),
                    ]
                }
            }
        }
    }

    /// One line a cell and epoch.
    public var csv: CSVTable {
        var rows: [[String]] = []
        for r in table.rows.indices {
            for s in table.seeds.indices {
                for one in table.cells[r][s]?.evaluations ?? [] {
                    rows.append([
                        "\(table.rows[r])", "\(table.seeds[s])", "\(one.epoch)", "\(one.step)",
                        one.accuracy.map { "\($0)" } ?? "", "\(one.loss)",
                    ])
                }
            }
        }
        return CSVTable(columns: ["perturbation", "seed", "epoch", "step", "accuracy", "loss"], rows: rows)
    }

    /// Final accuracy of every cell of the factors, seed by seed.
    public var figure: Figure {
        var figure = Figure(
            "\(heading.study.model.summary) on \(heading.study.data): final test accuracy",
            x: Axis("seed (column of the table)", range: 0.5...Double(table.seeds.count) + 0.5),
            y: Axis("test accuracy, %"),
            curves: table.factorRows.map { r in
                Figure.Curve(
                    "\(table.rows[r])",
                    table.seeds.indices.compactMap { s in
                        table.cells[r][s].map { (Double(s + 1), 100 * $0.accuracy) }
                    }, .points)
            })
        figure.legend = .outside
        return figure
    }
}

extension Spread {
    fileprivate var json: JSONValue {
        func optional(_ x: Double?) -> JSONValue { x.map { JSONValue($0) } ?? .null }
        return [
            "roundingBySeed": JSONValue(roundingBySeed.map { JSONValue($0) }),
            "seedByPerturbation": JSONValue(seedByPerturbation.map { JSONValue($0) }),
            "rounding": JSONValue(rounding), "seed": JSONValue(seed), "ratio": optional(ratio),
            "pooledRounding": JSONValue(pooledRounding), "pooledSeed": JSONValue(pooledSeed),
            "pooledRatio": optional(pooledRatio),
            "interval": interval.map {
                ["low": JSONValue($0.low), "high": JSONValue($0.high), "tables": JSONValue($0.tables)]
            } ?? .null,
        ]
    }
}

extension Control {
    fileprivate var json: JSONValue {
        [
            "arithmetic": JSONValue("\(arithmetic)"), "perturbation": JSONValue("\(perturbation)"),
            "steps": JSONValue(steps), "quotientEvents": JSONValue(events.quotients),
            "productEvents": JSONValue(events.products), "verdict": JSONValue(verdict.rawValue),
            "firstDifference": firstDifference.map {
                ["step": JSONValue($0.step), "tensor": JSONValue($0.tensor), "index": JSONValue($0.index)]
            } ?? .null,
        ]
    }
}
