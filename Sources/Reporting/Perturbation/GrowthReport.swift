import Arithmetics
import Comparison
import Perturbation
import TensorFiles
import Training

/// Which tensors and steps carry the growth, as it is shown (A8).
public struct GrowthReport: Sendable {
    public let request: GrowthRequest
    /// Of the perturbed run.
    public let run: RunRecord
    /// nil where there is no error to follow.
    public let localisation: GrowthLocalisation?
    public let environment: RunEnvironment
    let heading: ExperimentHeading

    public init(
        _ request: GrowthRequest, preset: String?, on data: DataSet, _ findings: ComparisonFindings,
        _ environment: RunEnvironment
    ) throws {
        self.request = request
        run = findings.runs[findings.runs.count - 1]
        localisation = GrowthLocalisation(run)
        self.environment = environment
        heading = try ExperimentHeading(request.study, preset: preset, on: data)
    }

    private var title: String {
        "\(heading.study.model.summary) on \(heading.study.data), k=\(request.factors.1) against k=\(request.factors.0)"
    }

    public var errorMap: HeatMap { HeatMap(errorsOf: run, title: title) }
    public var localMap: HeatMap { HeatMap(localSharesOf: run, title: title) }

    public func text(_ style: TextStyle) -> String {
        var sections = [heading.lines(style)]
        guard let found = localisation else {
            sections.append(["No error to follow: k=\(request.factors.1) changed nothing, or everything at once"])
            return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
        }
        let last = run.steps.last?.error?.relativeL2 ?? 0
        var lines = [
            style.bold(
                "k=\(request.factors.1) against k=\(request.factors.0): relative L2 distance \(Numbers.short(last)) after \(Numbers.count(run.steps.last?.step ?? 0, "step"))"
            ),
            "  \(Numbers.count(found.steps, "measured step")) before it reaches 0.01: amplification squared is 1 + \(Numbers.short(found.squaredGrowth)) in the mean,",
            "  and the error grew by a factor of e^\(Numbers.short(found.logGrowth)) in all",
        ]
        if let share = found.shareOfLargestTenth {
            lines.append("  the tenth of the steps that grow most carries \(Numbers.percent(share)) of all growth")
        }
        lines.append(
            "  largest: "
                + found.largest.map { "\(Numbers.short($0.amplification)) at step \($0.step)" }.joined(separator: ", "))
        sections.append(lines)
        let table = Table(
            keys: [Table.Column("tensor", .left, cells: found.tensors.map(\.name))],
            [
                Table.Column("squared error,\nshare", cells: found.tensors.map { Numbers.percent($0.errorShare) }),
                Table.Column("mean part in\ngrowth a2 - 1", cells: found.tensors.map { Numbers.short($0.growth) }),
                Table.Column("local error,\nmean share", cells: found.tensors.map { Numbers.percent($0.localShare) }),
            ])
        sections.append(table.lines(style))
        return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n") + "\n"
    }

    public var json: JSONValue {
        [
            "schema": "lockstep.perturb/1", "contract": JSONValue(contractVersion), "experiment": "localisation",
            "preset": heading.preset.map { JSONValue($0) } ?? .null, "study": heading.study.json,
            "environment": environment.json,
            "k": [JSONValue(request.factors.0), JSONValue(request.factors.1)],
            "growth": localisation.map { found in
                [
                    "steps": JSONValue(found.steps), "squaredGrowth": JSONValue(found.squaredGrowth),
                    "logGrowth": JSONValue(found.logGrowth),
                    "shareOfLargestTenth": found.shareOfLargestTenth.map { JSONValue($0) } ?? .null,
                    "tensors": JSONValue(
                        found.tensors.map { tensor in
                            [
                                "name": JSONValue(tensor.name), "errorShare": JSONValue(tensor.errorShare),
                                "growth": JSONValue(tensor.growth), "localShare": JSONValue(tensor.localShare),
                            ]
                        }),
                ]
            } ?? .null,
            "steps": JSONValue(run.steps.map(\.growthJSON)),
        ]
    }

    /// One line a step and tensor.
    public var csv: CSVTable {
        CSVTable(
            columns: ["step", "tensor", "relativeL2", "priorError", "error", "localError", "propagatedError"],
            rows: run.steps.flatMap { step in
                step.tensors.compactMap { tensor in
                    tensor.parts.map { parts in
                        [
                            "\(step.step)", tensor.name, "\(tensor.error.relativeL2)", "\(parts.prior)",
                            "\(parts.error)", "\(parts.local)", "\(parts.propagated)",
                        ]
                    }
                }
            })
    }
}

extension StepRecord {
    fileprivate var growthJSON: JSONValue {
        var byTensor = JSONObject()
        for tensor in tensors {
            byTensor[tensor.name] = [
                "relativeL2": JSONValue(tensor.error.relativeL2),
                "priorError": tensor.parts.map { JSONValue($0.prior) } ?? .null,
                "error": tensor.parts.map { JSONValue($0.error) } ?? .null,
                "localError": tensor.parts.map { JSONValue($0.local) } ?? .null,
                "propagatedError": tensor.parts.map { JSONValue($0.propagated) } ?? .null,
            ]
        }
        return [
            "step": JSONValue(step), "relativeL2": error.map { JSONValue($0.relativeL2) } ?? .null,
            "amplification": amplification.map { JSONValue($0) } ?? .null, "tensors": JSONValue(byTensor),
        ]
    }
}
