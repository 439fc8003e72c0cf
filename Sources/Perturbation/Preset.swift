import Training

/// Settings of the experiments by name.
public enum Preset: String, CaseIterable, Sendable {
    /// As published: ResNet-56 on the user's CIFAR-10 files, 200 epochs.
    case paper
    /// A scaled-down analogue on the built-in digits, in minutes.
    case small
    /// LeNet on the user's MNIST files.
    case lenet
    /// ResNets of the published shape, less deep, on the user's CIFAR-10 files.
    case resnet8, resnet20

    /// The data that the user must name; nil where they are built in.
    public var wantedData: String? {
        switch self {
        case .paper, .resnet8, .resnet20: "cifar10:DIR"
        case .lenet: "mnist:DIR"
        case .small: nil
        }
    }

    /// Fields of the study, for the table of accuracies: texts as a study file has them.
    private var tableFields: [(String, String)] {
        let published = [
            ("momentum", "0.9"), ("nesterov", "true"), ("weight-decay", "5e-4"), ("lr", "0.1"), ("init", "he-out"),
        ]
        let cifar = [
            ("augment", "crop-flip"), ("normalize", "0.4914/0.2470,0.4822/0.2435,0.4465/0.2616"), ("batch", "128"),
        ]
        switch self {
        case .paper:
            return published + cifar + [
                ("model", "resnet56"), ("epochs", "200"), ("schedule", "milestones:40e,80e,120e,160e,0.1"),
            ]
        case .resnet20, .resnet8:
            return published + cifar + [
                ("model", rawValue), ("epochs", "20"), ("schedule", "milestones:4e,8e,12e,16e,0.1"),
            ]
        case .lenet:
            return published + [
                ("model", "lenet5"), ("normalize", "0.1307/0.3081"), ("batch", "128"), ("epochs", "10"),
                ("schedule", "milestones:2e,4e,6e,8e,0.1"),
            ]
        case .small:
            return published + [
                ("model", "resnet8(width:4)"), ("data", "digits"), ("batch", "32"), ("epochs", "10"),
                ("schedule", "milestones:2e,4e,6e,8e,0.1"),
            ]
        }
    }

    /// For the divergence by learning rate and the growth map: plain SGD at a constant rate.
    private var plainFields: [(String, String)] {
        let plain = [
            ("momentum", "0"), ("nesterov", "false"), ("weight-decay", "0"), ("schedule", "constant"),
            ("augment", "none"),
        ]
        // The published figure is of the network with swish.
        let model =
            switch self {
            case .paper: [("model", "resnet56(swish:5)")]
            case .resnet8, .resnet20: [("model", "\(rawValue)(swish:5)")]
            case .small: [("model", "resnet8(width:4,swish:5)")]
            case .lenet: [(String, String)]()
            }
        let steps = self == .small ? "200" : "100"
        return tableFields.filter { $0.0 != "epochs" } + plain + model + [("steps", steps)]
    }

    public enum Experiment: Sendable { case table, plain }

    /// The study of the preset, without an arithmetic and, where the user must name them, with the default's data.
    ///
    /// - Throws: `StudyError` where this program lacks something that the preset names.
    public func study(for experiment: Experiment) throws(StudyError) -> Study {
        var study = Study()
        for (field, text) in experiment == .table ? tableFields : plainFields { try study.set(field, to: text) }
        return study
    }

    public var seeds: [UInt64] {
        switch self {
        case .paper, .small: [1, 2, 3, 4, 5, 6]
        case .lenet, .resnet8, .resnet20: [1, 2, 3]
        }
    }

    public var lastEpochs: Int {
        switch self {
        case .paper: 10
        case .small, .lenet, .resnet8, .resnet20: 2
        }
    }

    /// Updates that negative controls compare; nil for as many as there are.
    public var controlSteps: Int? {
        switch self {
        case .paper, .small, .resnet8, .resnet20: 100
        case .lenet: 400
        }
    }

    /// Rows beside those of the factors.
    ///
    /// Other orders of summation and directions of rounding have no fast kernels; they are asked for by name.
    public var others: [String] { ["flip=conv1.weight[0]@10", "threads=2"] }
}
