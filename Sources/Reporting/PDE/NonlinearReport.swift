import Arithmetics
import GradientPDE
import TensorFiles
import Training

/// What `lockstep pde nonlinear` tells, for people and for programs.
public struct NonlinearReport: Sendable {
    public let experiment: NonlinearExperiment
    public let ladders: [NonlinearLadder]
    public let environment: RunEnvironment

    public init(_ experiment: NonlinearExperiment, _ ladders: [NonlinearLadder], _ environment: RunEnvironment) {
        self.experiment = experiment
        self.ladders = ladders
        self.environment = environment
    }

    /// Writes tables and figures, and the last kernel of every trajectory.
    ///
    /// - Throws: `FileError` when a file cannot be written or gnuplot is missing.
    public func save(to folder: String) throws(FileError) {
        for trajectory in experiment.trajectories {
            let name = "kernel-\(trajectory.fileName).\(TensorStore.pathExtension(for: trajectory.arithmetic))"
            let tensor = TensorStore.NamedTensor(
                name: "kernel", shape: experiment.nonlinear.network.kernelShape, values: trajectory.kernel)
            try TensorStore.write([tensor], of: trajectory.arithmetic, to: "\(folder)/\(name)")
        }
        try exhibits.write(to: folder)
    }

    /// Trajectories of each arithmetic, rates in order.
    var groups: [(arithmetic: ArithmeticName, trajectories: [NonlinearTrajectory])] {
        experiment.settings.arithmetics.map { name in
            (name, experiment.trajectories.filter { $0.arithmetic == name })
        }.filter { !$0.trajectories.isEmpty }
    }
}

extension NonlinearTrajectory {
    /// Part of a file's name: `lr0.05-float`.
    var fileName: String {
        "lr\("\(written)".replacing("/", with: "-over-"))-\(TensorStore.folderName(for: arithmetic))"
    }
}
