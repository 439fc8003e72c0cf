import Arithmetics
import Comparison
import Perturbation
import TensorFiles
import Training

/// Divergence against learning rate as it is shown (A2).
public struct DivergenceReport: Sendable {
    public let request: RateDivergenceRequest
    /// In the order of the divisors; nil where it was not finished.
    public let curves: [RateDivergence?]
    public let environment: RunEnvironment
    public let isInterrupted: Bool
    let heading: ExperimentHeading

    public init(
        _ request: RateDivergenceRequest, preset: String?, on data: DataSet, _ curves: [RateDivergence?],
        _ environment: RunEnvironment, isInterrupted: Bool
    ) throws {
        self.request = request
        self.curves = curves
        self.environment = environment
        self.isInterrupted = isInterrupted
        heading = try ExperimentHeading(request.study, preset: preset, on: data)
    }

    private var finished: [RateDivergence] { curves.compactMap { $0 } }

    /// Names of the tensors, in declaration order.
    public var tensorNames: [String] { finished.first?.tensorNames ?? [] }

    public func text(_ style: TextStyle) -> String {
        let (a, b) = request.factors
        var sections = [
            heading.lines(style, ["each rate lr / n for n times as many steps, measured every n"])
        ]
        if isInterrupted {
            sections.append([style.bold("Interrupted: \(finished.count) of \(curves.count) curves are finished")])
        }
        let table = Table(
            keys: [
                Table.Column("n", cells: finished.map { Numbers.grouped($0.divisor) }),
                Table.Column("lr", cells: finished.map { Numbers.short($0.rate) }),
            ],
            [
                Table.Column("updates", cells: finished.map { Numbers.grouped($0.points.last?.step ?? 0) }),
                Table.Column("after\n1/4", cells: finished.map { at($0, 1, of: 4) }),
                Table.Column("\n1/2", cells: finished.map { at($0, 1, of: 2) }),
                Table.Column("the\nlast", cells: finished.map { at($0, 1, of: 1) }),
                Table.Column("largest", cells: finished.map { Numbers.short($0.points.map(\.all).max() ?? 0) }),
                Table.Column("not finite\nfrom step", cells: finished.map { $0.blowUp.map { "\($0.step)" } ?? "" }),
            ])
        sections.append(
            [style.bold("Average relative L1 distance of all weights between k=\(a) and k=\(b), by scaled iteration")]
                + table.lines(style))
        let tensors = Table(
            keys: [Table.Column("tensor", .left, cells: tensorNames)],
            finished.map { curve in
                Table.Column(
                    "n = \(Numbers.grouped(curve.divisor))",
                    cells: tensorNames.map { Numbers.short(curve.values(of: $0)?.last ?? .nan) })
            })
        if !tensorNames.isEmpty {
            sections.append([style.bold("The same at the end, tensor by tensor")] + tensors.lines(style))
        }
        sections.append(Paragraph.lines([resultDigest ?? "none: not everything is finished"], after: "digest", style))
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    private func at(_ curve: RateDivergence, _ numerator: Int, of denominator: Int) -> String {
        guard curve.points.count > 1 else { return "" }
        return Numbers.short(curve.points[(curve.points.count - 1) * numerator / denominator].all)
    }

    // MARK: Files

    public static let schema = "lockstep.perturb/1"

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = JSONValue(DivergenceReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["experiment"] = "divergence-against-rate"
        object["preset"] = heading.preset.map { JSONValue($0) } ?? .null
        object["study"] = heading.study.json
        object["environment"] = environment.json
        object["k"] = [JSONValue(request.factors.0), JSONValue(request.factors.1)]
        object["curves"] = curvesJSON
        object["resultDigest"] = resultDigest.map { JSONValue($0) } ?? .null
        object["interrupted"] = JSONValue(isInterrupted)
        return JSONValue(object)
    }

    /// SHA-256 over what the request alone determines; nil until everything is finished.
    public var resultDigest: String? {
        guard !isInterrupted else { return nil }
        let value: JSONValue = [
            "contract": JSONValue(contractVersion), "study": heading.study.portableJSON,
            "k": [JSONValue(request.factors.0), JSONValue(request.factors.1)], "curves": curvesJSON,
        ]
        return Digest.hexadecimal(of: value.encoded())
    }

    private var curvesJSON: JSONValue {
        JSONValue(
            finished.map { curve in
                var tensors = JSONObject()
                for name in curve.tensorNames {
                    tensors[name] = JSONValue((curve.values(of: name) ?? []).map { JSONValue($0) })
                }
                return [
                    "n": JSONValue(curve.divisor), "lr": JSONValue(curve.rate.description),
                    "scaledIterations": JSONValue(curve.points.map { JSONValue($0.scaledIteration) }),
                    "all": JSONValue(curve.points.map { JSONValue($0.all) }), "tensors": JSONValue(tensors),
                ]
            })
    }

    /// One line a curve and sample; a column a tensor.
    public var csv: CSVTable {
        CSVTable(
            columns: ["n", "lr", "scaledIteration", "step", "all"] + tensorNames,
            rows: finished.flatMap { curve in
                curve.points.map { point in
                    [
                        "\(curve.divisor)", "\(curve.rate)", "\(point.scaledIteration)", "\(point.step)",
                        "\(point.all)",
                    ] + point.tensors.map { "\($0)" }
                }
            })
    }

    /// The published figure: relative L1 against scaled iteration, a curve a rate.
    ///
    /// - Parameter tensor: which one; nil for all weights.
    public func figure(of tensor: String?) -> Figure {
        var figure = Figure(
            "\(heading.study.model.summary): k=\(request.factors.0) against k=\(request.factors.1), \(tensor ?? "all weights")",
            x: Axis("scaled iteration (updates / n)"), y: Axis("average relative L1 distance", .logarithmic),
            curves: finished.map { curve in
                Figure.Curve(
                    "lr \(heading.study.optimizer.rate) / \(curve.divisor)",
                    zip(curve.points, curve.values(of: tensor) ?? []).map { (Double($0.scaledIteration), $1) })
            })
        figure.colors = .ordered
        figure.legend = .outside
        return figure
    }
}

extension Numbers {
    /// A rational number with a few digits.
    static func short(_ x: Rational) -> String { short(Format.mpfr(precision: 64).round(x), digits: 3) }
}
