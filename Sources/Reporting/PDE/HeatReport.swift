import Arithmetics
import GradientPDE
import TensorFiles
import Training

/// What `lockstep pde heat` tells, for people and for programs.
public struct HeatReport: Sendable {
    public static let schema = "lockstep.pde.heat/1"

    public let experiment: HeatExperiment
    public let environment: RunEnvironment

    public init(_ experiment: HeatExperiment, _ environment: RunEnvironment) {
        self.experiment = experiment
        self.environment = environment
    }

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = JSONValue(HeatReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["environment"] = environment.json
        object["settings"] = JSONValue(experiment.settings.json)
        object["notes"] = JSONValue(experiment.notes.map { JSONValue($0) })
        object["trajectories"] = JSONValue(
            experiment.trajectories.map { trajectory in
                [
                    "arithmetic": JSONValue("\(trajectory.arithmetic)"),
                    "dt": [
                        "written": JSONValue("\(trajectory.written)"),
                        "used": JSONValue(trajectory.timeStep.hexadecimal),
                    ],
                    "records": JSONValue(
                        trajectory.records.map { record in
                            [
                                "step": JSONValue(record.step),
                                "u": JSONValue(record.values.map(\.json)),
                            ]
                        }),
                ]
            })
        return JSONValue(object)
    }
}
