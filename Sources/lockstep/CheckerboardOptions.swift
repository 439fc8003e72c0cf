import ArgumentParser
import Arithmetics
import GradientPDE
import Training

/// What the experiments on a checkerboard take: its side, the kernel's, and where the kernel starts.
struct CheckerboardOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: ArgumentHelp("Side of the checkerboard. (default: 256)", valueName: "pixels"))
    var image: String?

    @Option(parsing: .unconditional, help: ArgumentHelp("Side of the kernel. (default: 32)", valueName: "weights"))
    var kernel: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Seed of the standard normal kernel. (default: 1)", valueName: "n"))
    var seed: String?

    @Option(help: ArgumentHelp("Kernel to start from: .npy, .npz, .safetensors or .json.", valueName: "file"))
    var initFrom: String?

    /// - Parameters: the preset's sides.
    func network(image defaultImage: Int, kernel defaultKernel: Int) throws(StudyError) -> CheckerboardNetwork {
        try CheckerboardNetwork(
            imageSide: try image.map { (text) throws(StudyError) in try wholeNumber(text, of: "image", in: 1...4096) }
                ?? defaultImage,
            kernelSide: try kernel.map { (text) throws(StudyError) in
                try wholeNumber(text, of: "kernel", in: 1...4096)
            } ?? defaultKernel)
    }

    func start(_ network: CheckerboardNetwork) throws -> KernelStart {
        guard let path = initFrom else {
            var study = Study()
            if let seed { try study.set("seed", to: seed) }
            return .normal(seed: study.seed)
        }
        guard seed == nil else { throw StudyError("seed: a kernel from a file wants none") }
        return try KernelStart(file: path, weights: network.weights)
    }
}
