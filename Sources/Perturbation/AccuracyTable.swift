import Arithmetics
import Comparison
import Training

/// What the table of perturbed SGD (A1) is made of.
///
/// - Source: Sun, Lao, Yezzi, Sundaramoorthi, *Surprising Instabilities in Training Deep Networks and a Theoretical Analysis*
///   (arXiv 2206.02001), section 3.
public struct TableRequest: Sendable {
    /// One arithmetic; epochs say how long to train.
    public var study: Study
    public var seeds: [UInt64]
    /// Rows of the main part.
    public var factors: [Int]
    /// Further rows.
    public var others: [RoundingPerturbation]
    /// Epochs at the end over which test accuracy is averaged.
    public var lastEpochs: Int
    /// Does the seed decide the order of the samples and their augmentation alone, with the same initial weights for all?
    public var orderAlone: Bool

    public init(
        study: Study, seeds: [UInt64], factors: [Int], others: [RoundingPerturbation] = [], lastEpochs: Int,
        orderAlone: Bool = false
    ) {
        self.study = study
        self.seeds = seeds
        self.factors = factors
        self.others = others
        self.lastEpochs = lastEpochs
        self.orderAlone = orderAlone
    }

    public var rows: [RoundingPerturbation] { factors.map { .factor($0) } + others }

    /// - Throws: `StudyError` for a request that cannot be run.
    public func check(on data: DataSet) throws {
        guard study.arithmetics.count == 1 else {
            throw StudyError("arithmetics: the table is of one arithmetic, not \(study.arithmetics.count)")
        }
        guard !study.arithmetics[0].isEnclosing else {
            throw StudyError(
                "arithmetics: \(study.arithmetics[0]) has bounds for a state; a table is of single numbers")
        }
        guard let epochs = study.epochs, epochs >= 1 else {
            throw StudyError("epochs: wants at least 1: the accuracy of a cell is that of its last epochs")
        }
        guard (1...epochs).contains(lastEpochs) else {
            throw StudyError("last-epochs: \(lastEpochs) is not a whole number from 1 to \(epochs), the epochs")
        }
        guard data.test.count > 0 else { throw StudyError("data: \(study.data) has no test samples to be judged by") }
        for (what, names) in [
            ("seeds", seeds.map { "\($0)" }), ("k", factors.map { "\($0)" }), ("perturb", others.map { "\($0)" }),
        ] {
            if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
                throw StudyError("\(what): \(twice) is given twice")
            }
        }
        guard !seeds.isEmpty else { throw StudyError("seeds: wants at least one") }
        guard factors.contains(1) else { throw StudyError("k: wants 1 among them: the study as it is") }
        if let factor = others.first(where: { if case .factor = $0 { true } else { false } }) {
            throw StudyError("perturb: \(factor) belongs to --k")
        }
        let updates = try PreparedStudy(study, data: data).study.steps
        for case .flip(let flip) in others where flip.step >= updates {
            throw StudyError("perturb: \(RoundingPerturbation.flip(flip)) comes after the last of \(updates) updates")
        }
        // Whatever is wrong with a cell should show now, not when its turn comes.
        for row in rows {
            var comparison = try job(row, seed: seeds[0], on: data, steps: 1).comparison(on: data)
            // Where there is no least exponent a weight that is 0 has no neighbour, but it need not stay 0.
            if case .flip(let flip) = row, study.arithmetics[0].stateFormat.range != nil {
                try comparison.flip(run: 0, tensor: flip.tensor, element: flip.element)
            }
        }
    }

    /// The study of a column.
    func study(seed: UInt64) -> Study {
        var copy = study
        copy.seed = seed
        if orderAlone { copy.initSeed = study.initSeed ?? study.seed }
        return copy
    }

    private func job(_ row: RoundingPerturbation, seed: UInt64, on data: DataSet, steps: Int) throws -> Job {
        var options = ComparisonOptions()
        // The first and the last step alone are measured: a cell wants its accuracies.
        options.measureEvery = max(1, steps)
        options.evaluateEvery = try Schedule.Length("1e")
        var flip: RoundingPerturbation.Flip?
        var threads = 1
        if case .flip(let one) = row { flip = one }
        if case .threads(let count) = row { threads = count }
        return Job(
            "seed=\(seed),\(row.fileName)", [("\(row)", row.applied(to: study(seed: seed)), threads)], steps: steps,
            flip: flip, options)
    }

    /// A job a cell, seed after seed, so that whole columns are finished first.
    public func jobs(on data: DataSet) throws -> [Job] {
        let steps = try PreparedStudy(study, data: data).study.steps
        return try seeds.flatMap { seed in try rows.map { try job($0, seed: seed, on: data, steps: steps) } }
    }

    /// The table, out of what the jobs found, in their order.
    public func table(of findings: [ComparisonFindings?]) -> AccuracyTable {
        precondition(findings.count == seeds.count * rows.count, "a finding for each cell")
        let cells = rows.indices.map { r in
            seeds.indices.map { s -> AccuracyTable.Cell? in
                guard let run = findings[s * rows.count + r]?.runs.first else { return nil }
                let last = run.evaluations.suffix(lastEpochs).compactMap(\.accuracy)
                return AccuracyTable.Cell(
                    accuracy: last.reduce(0, +) / Double(last.count), evaluations: run.evaluations,
                    digest: run.steps.last?.digest ?? "", blowUp: run.blowUp)
            }
        }
        return AccuracyTable(seeds: seeds, rows: rows, cells: cells)
    }
}

/// Final test accuracy, seed by perturbation.
public struct AccuracyTable: Sendable {
    public let seeds: [UInt64]
    public let rows: [RoundingPerturbation]
    /// Row by row, a cell a seed; nil where it was not finished.
    public let cells: [[Cell?]]

    public struct Cell: Sendable {
        /// Mean test accuracy over the last epochs, a share.
        public let accuracy: Double
        /// One an epoch.
        public let evaluations: [EvaluationRecord]
        /// Of the weights at the end.
        public let digest: String
        public let blowUp: BlowUp?
    }

    public var isComplete: Bool { cells.allSatisfy { !$0.contains { $0 == nil } } }

    /// Rows of factors, the main part.
    public var factorRows: [Int] {
        rows.indices.filter { if case .factor = rows[$0] { true } else { false } }
    }

    /// Spreads over the factors; nil until the cells are all there.
    public func spread(bootstrapSeed: UInt64) -> Spread? {
        let accuracies = factorRows.map { cells[$0].compactMap { $0?.accuracy } }
        guard accuracies.allSatisfy({ $0.count == seeds.count }) else { return nil }
        return Spread(accuracies, seed: bootstrapSeed)
    }

    /// Has a perturbation that must change nothing changed nothing? nil where a cell is not there, or where it may.
    public func isUnchanged(row: Int) -> Bool? {
        guard case .threads = rows[row], let plain = rows.firstIndex(of: .factor(1)) else { return nil }
        var all = true
        for s in seeds.indices {
            guard let cell = cells[row][s], let other = cells[plain][s] else { return nil }
            all = all && cell.digest == other.digest && cell.evaluations == other.evaluations
        }
        return all
    }
}

extension RoundingPerturbation {
    /// The perturbation in a file's name.
    var fileName: String { String(description.map { ":[]@".contains($0) ? "-" : $0 }) }
}
