import Arithmetics
import GradientPDE
import TensorFiles
import Training

/// What `lockstep pde heat` tells, for people and for programs.
public struct HeatReport: Sendable {
    public let experiment: HeatExperiment
    public let environment: RunEnvironment

    public init(_ experiment: HeatExperiment, _ environment: RunEnvironment) {
        self.experiment = experiment
        self.environment = environment
    }

    /// The trajectories of one time step after the other.
    var groups: [(timeStep: Rational, trajectories: [HeatTrajectory])] {
        experiment.timeSteps.map { timeStep in
            (timeStep, experiment.trajectories.filter { $0.written == timeStep })
        }.filter { !$0.trajectories.isEmpty }
    }
}
