import Arithmetics
import GradientPDE
import TensorFiles
import Training

/// What `lockstep pde linear` tells, for people and for programs.
public struct LinearReport: Sendable {
    public let experiment: LinearExperiment
    public let environment: RunEnvironment

    public init(_ experiment: LinearExperiment, _ environment: RunEnvironment) {
        self.experiment = experiment
        self.environment = environment
    }

    /// Writes tables and figures, and the last kernel of every trajectory.
    ///
    /// - Throws: `FileError` when a file cannot be written or gnuplot is missing.
    public func save(to folder: String) throws(FileError) {
        for trajectory in experiment.trajectories {
            let alpha = "\(trajectory.written)".replacing("/", with: "-over-")
            let ending = TensorStore.pathExtension(for: trajectory.arithmetic)
            let name = "kernel-alpha\(alpha)-\(TensorStore.folderName(for: trajectory.arithmetic)).\(ending)"
            let tensor = TensorStore.NamedTensor(
                name: "kernel", shape: experiment.linear.network.kernelShape, values: trajectory.kernel)
            try TensorStore.write([tensor], of: trajectory.arithmetic, to: "\(folder)/\(name)")
        }
        try exhibits.write(to: folder)
    }

    /// Trajectories of each arithmetic, α in order.
    var groups: [(arithmetic: ArithmeticName, trajectories: [LinearTrajectory])] {
        experiment.settings.arithmetics.map { name in
            (name, experiment.trajectories.filter { $0.arithmetic == name })
        }.filter { !$0.trajectories.isEmpty }
    }
}
