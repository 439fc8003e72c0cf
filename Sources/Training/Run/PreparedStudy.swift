import Arithmetics
import Networks
import TensorFiles

import class Foundation.ProcessInfo

/// A study with its data loaded and checked: what every run of it starts from.
public struct PreparedStudy: Sendable {
    public private(set) var study: Study
    public let data: DataSet
    public private(set) var batches: BatchOrder
    /// One starting point for all arithmetics, unless the grid is `exact`.
    private var shared: StartingPoint?

    /// Loads and checks everything a study names.
    ///
    /// - Parameter loaded: the study's data where they are there already. Studies that differ in their seed alone can share one
    ///   data set; data that are made of random words (`synthetic`) are then those of the seed they were made with.
    /// - Throws: `StudyError`, `ModelError`, `DataError` or `FileError`: one line.
    public init(_ study: Study, data loaded: DataSet? = nil) throws {
        guard !study.arithmetics.isEmpty else {
            throw StudyError("arithmetics: none given; name at least one, such as float, double or mpfr:256")
        }
        for (i, name) in study.arithmetics.enumerated() where study.arithmetics[..<i].contains(name) {
            throw StudyError("arithmetics: \(name) is given twice")
        }
        guard study.initFrom != nil || study.nameMap.isEmpty else {
            throw StudyError("map: renames tensors of a file, but no file is named with init-from")
        }
        self.study = study
        data = try loaded ?? DataSet(named: study.data, testFraction: study.testFraction, seed: study.seed)
        batches = try BatchOrder(
            sampleCount: data.training.count, batchSize: study.batch, order: study.order, lastBatch: study.lastBatch,
            seed: study.seed)
        if let epochs = study.epochs {
            let (steps, overflow) = epochs.multipliedReportingOverflow(by: batches.updatesPerEpoch)
            guard !overflow, steps <= Study.mostSteps else {
                throw StudyError("epochs: \(epochs) of \(batches.updatesPerEpoch) updates are too many")
            }
            self.study.steps = steps
        }
        switch study.grid {
        case .coarsest:
            shared = try StartingPoint(study, data, grid: .coarsest(study.participants.map(\.format)))
        case .format(_, let format): shared = try StartingPoint(study, data, grid: format)
        case .exact: shared = nil
        }
        if shared == nil {
            // Whatever is wrong should show now, not when a run begins.
            for name in study.participants { _ = try StartingPoint(study, data, grid: name.format) }
        }
    }

    /// The same study with other factors that no starting point depends on, and in exact arithmetic no result.
    ///
    /// - Parameter reversed: each batch takes its samples last first, which changes the order of sums over the batch.
    public func updating(k: Int = 1, fused: Bool = false, reversed: Bool = false) -> PreparedStudy {
        var copy = self
        copy.batches.isReversed = reversed
        copy.study.optimizer.k = k
        copy.study.optimizer.fusesUpdate = fused
        return copy
    }

    /// The study with something else in one place: what a program that does that trains. nil with `grid: exact`, where no
    /// starting point is common to all arithmetics.
    public func varied(_ variation: Variation) -> PreparedStudy? {
        guard var start = shared else { return nil }
        var copy = self
        switch variation {
        case .batchesLater(let count): copy.batches.offset = count
        case .order(let order): copy.batches.order = order
        case .loss(let loss): copy.study.loss = loss
        case .labels(let map): start.inputs.training.labels = start.inputs.training.labels.map(map)
        case .inputsTimes(let factor):
            let grid = start.grid
            let table = start.inputs.table
            start.inputs.table = ExactArray(
                (0..<table.count).map { i in Rational(table[i]).map { grid.round($0 * factor) } ?? table[i] }
            ).rounded(to: grid)
        case .network(let network): start.network = network
        }
        copy.shared = start
        return copy
    }

    /// One change to a study that its text cannot say.
    public enum Variation {
        /// Update t takes the samples of update t + count.
        case batchesLater(Int)
        case order(BatchOrder.Order)
        case loss(Loss)
        case labels((Int) -> Int)
        case inputsTimes(Rational)
        /// Other layers with the same parameters.
        case network(Network)
    }

    /// Network, starting weights, inputs and hyper-parameters for one arithmetic.
    public func startingPoint(for name: ArithmeticName) throws -> StartingPoint {
        try shared ?? StartingPoint(study, data, grid: name.format)
    }
}

/// Everything a run starts from, as numbers of one grid: contract, section 5.
public struct StartingPoint: Sendable {
    public let grid: Format
    public internal(set) var network: Network
    /// Weights in declaration order.
    public let parameters: [ExactArray]
    /// Running statistics in the order of their layers.
    public let statistics: [ExactArray]
    public internal(set) var inputs: Inputs
    public let momentum: ExactValue
    public let weightDecay: ExactValue
    public let clip: ExactValue?
    /// What became 0 or infinite on the grid, a line each.
    public let notes: [String]

    init(_ study: Study, _ data: DataSet, grid: Format) throws {
        self.grid = grid
        network = try study.model.network(for: data.shape, classes: data.classes, grid: grid)
        try StartingPoint.checkMemory(network, study)
        try StartingPoint.checkBatches(network, study, samples: data.training.count)
        // Positions in an activation are 32-bit numbers.
        let elements = network.largestActivation.multipliedReportingOverflow(by: study.batch)
        guard !elements.overflow, elements.partialValue < Int(Int32.max) else {
            throw StudyError(
                "batch: \(study.batch) samples make an activation of more than 2^31 elements; a smaller batch fits")
        }
        inputs = try Inputs(
            data, normalization: study.normalization, augmentation: study.augmentation, seed: study.seed, grid: grid)
        momentum = grid.round(study.optimizer.momentum)
        weightDecay = grid.round(study.optimizer.weightDecay)
        clip = study.clip.map { grid.round($0) }
        var notes: [String] = []
        for (field, exact) in [
            ("lr", study.optimizer.rate), ("momentum", study.optimizer.momentum),
            ("weight-decay", study.optimizer.weightDecay), ("clip", study.clip ?? Rational(0)),
        ] where exact != Rational(0) {
            switch grid.round(exact).kind {
            case .zero: notes.append("\(field) \(exact) is 0 on the grid")
            case .infinite, .nan:
                throw StudyError(
                    "\(field): \(exact) overflows the grid, whose largest number is \(grid.largest.decimal(digits: 6))")
            case .finite: break
            }
        }
        for (name, exact) in study.model.layers(classes: data.classes).flatMap(\.constants) where exact != Rational(0) {
            switch grid.round(exact).kind {
            case .zero:
                let note = "\(name) \(exact) is 0 on the grid"
                if !notes.contains(note) { notes.append(note) }
            case .infinite, .nan:
                throw StudyError(
                    "model: \(name): \(exact) overflows the grid, whose largest number is \(grid.largest.decimal(digits: 6))"
                )
            case .finite: break
            }
        }
        if inputs.roundedToZero > 0 { notes.append("\(inputs.roundedToZero) inputs became 0 on the grid") }
        if study.initFrom == nil, case .constant(let c) = study.initializer, c != Rational(0) {
            switch grid.round(c).kind {
            case .zero: notes.append("init \(study.initializer) is 0 on the grid")
            case .infinite:
                throw StudyError(
                    "init: \(study.initializer) overflows the grid, whose largest number is \(grid.largest.decimal(digits: 6))"
                )
            default: break
            }
        }
        let starts = network.statistics.map { statistic in
            ExactArray([ExactValue](repeating: grid.round(statistic.shape.start), count: statistic.shape.count))
                .rounded(to: grid)
        }
        if let path = study.initFrom {
            let file = try WeightFile(path, study.nameMap, network)
            func rounded(_ exact: ExactArray, _ name: String) throws -> ExactArray {
                let values = exact.rounded(to: grid)
                var vanished = 0
                for j in 0..<values.count {
                    switch (exact[j].kind, values[j].kind) {
                    case (.finite, .zero): vanished += 1
                    case (.finite, .infinite), (.finite, .nan):
                        throw StudyError(
                            "\(path): \(name)[\(j)] is \(exact[j].decimal(digits: 6)), which overflows the grid")
                    default: break
                    }
                }
                if vanished > 0 { notes.append("\(vanished) values of \(name) became 0 on the grid") }
                return values
            }
            parameters = try zip(file.values, network.parameters).map { try rounded($0, $1.name) }
            let names = network.statistics.map(\.name)
            statistics = try names.indices.map { i in
                try file.statistics[i].map { try rounded($0, names[i]) } ?? starts[i]
            }
        } else {
            parameters = study.initializer.parameters(
                of: network, seed: study.initSeed ?? study.seed, grid: grid)
            statistics = starts
        }
        self.notes = notes
    }

    /// Every batch must have the samples that the network wants, a last one that is kept too.
    private static func checkBatches(_ network: Network, _ study: Study, samples: Int) throws(StudyError) {
        let least = network.smallestBatch
        let why = "a batch norm has one value a channel and sample there, and the variance wants \(least)"
        guard min(study.batch, samples) >= least else {
            throw StudyError("batch: \(min(study.batch, samples)) samples are too few: \(why)")
        }
        let rest = samples % study.batch
        guard study.lastBatch == .drop || rest == 0 || samples < study.batch || rest >= least else {
            throw StudyError(
                "last-batch: the last of the \(samples) samples are \(rest), too few: \(why); drop them, or choose another batch"
            )
        }
    }

    /// Weights and their gradients must be there at once in every arithmetic: a network for which the machine is too small
    /// by far is better refused than begun.
    private static func checkMemory(_ network: Network, _ study: Study) throws(StudyError) {
        let bytes =
            study.participants.reduce(0) { sum, name in
                // An enclosure is two numbers.
                sum + 2 * (name.isEnclosing ? 2 : 1) * ((name.format.precision + 63) / 64 * 8)
            } * network.parameterCount
        let memory = Int(clamping: ProcessInfo.processInfo.physicalMemory)
        guard bytes <= memory else {
            throw StudyError(
                "model: \(network.parameterCount) parameters in \(study.participants.count) arithmetics take \(bytes >> 30) GiB, more than the \(memory >> 30) GiB of this machine"
            )
        }
    }
}
