import Arithmetics
import TensorFiles
import Training

/// What `--save` asks for: tensors of chosen steps, one file an arithmetic and step.
public struct SaveRequest: Sendable {
    public enum Content: String, CaseIterable, Sendable { case weights, gradients, momentum, activations }

    public let folder: String
    public let steps: Set<Int>
    public let contents: Set<Content>

    public init(folder: String, steps: Set<Int>, contents: Set<Content>) {
        self.folder = folder
        self.steps = steps
        self.contents = contents
    }

    var observation: Observation {
        var o: Observation = []
        if contents.contains(.gradients) { o.insert(.gradients) }
        if contents.contains(.activations) { o.insert(.activations) }
        return o
    }

    /// `DIR/<arithmetic>/step-000100.safetensors` (or `.json`). Gradients and activations are those of the update that led to
    /// the step; running statistics go with the weights. Names: `fc1.weight`, `bn1.running_mean`, `fc1.weight.gradient`, `fc1.weight.momentum`, `relu1.activation`; of
    /// enclosures two tensors each, with `.lower` and `.upper` after the name.
    func write(
        step: Int, of name: ArithmeticName, _ state: ExactState, _ update: Update?,
        _ parameters: [(name: String, shape: [Int])], _ statistics: [(name: String, shape: [Int])]
    ) throws(FileError) {
        var tensors: [TensorStore.NamedTensor] = []
        func add(
            _ named: [(name: String, shape: [Int])], _ values: [ExactArray], _ bounds: [Enclosure], _ suffix: String
        ) {
            for (i, (parameter, array)) in zip(named, values).enumerated() {
                tensors.append(
                    TensorStore.NamedTensor(
                        name: parameter.name + suffix, shape: parameter.shape, values: array,
                        bounds: bounds.isEmpty ? nil : bounds[i]))
            }
        }
        if contents.contains(.weights) {
            add(parameters, state.parameters, state.parameterBounds, "")
            add(statistics, state.statistics, state.statisticBounds, "")
        }
        if contents.contains(.momentum) { add(parameters, state.momentum, state.momentumBounds, ".momentum") }
        if let update {
            add(parameters, update.gradients, update.gradientBounds, ".gradient")
            for activation in update.activations {
                tensors.append(
                    TensorStore.NamedTensor(
                        name: activation.name + ".activation", shape: activation.shape, values: activation.values,
                        bounds: activation.bounds))
            }
        }
        let parent = folder + "/" + TensorStore.folderName(for: name)
        try makeFolder(parent)
        let number = String(step)
        let padded = String(repeating: "0", count: max(0, 6 - number.count)) + number
        try TensorStore.write(tensors, of: name, to: "\(parent)/step-\(padded).\(TensorStore.pathExtension(for: name))")
    }
}
