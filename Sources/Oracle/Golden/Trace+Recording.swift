import Arithmetics
import Training

/// How a trace is recorded or verified. None of it changes a result.
public struct TraceOptions: Sendable {
    public var instructionSet = InstructionSet.best
    public var threads = 1
    /// Tensors of at most this many elements are recorded with their values, so that a difference names the element.
    public var valuesUpTo = 16
    public init() {}
}

/// Recording or verifying was told to stop.
public struct TraceInterrupted: Error {}

extension Trace {
    /// Steps of all sections together: what `progress` counts to.
    public var stepCount: Int { sections.count * study.steps }

    /// Runs the study in each of its arithmetics and records every step.
    ///
    /// - Parameter progress: called with the number of updates made so far, in all arithmetics; returning false stops the work.
    /// - Throws: what loading the study throws; `TraceInterrupted`.
    public static func record(
        _ study: Study, provenance: [String] = [], _ options: TraceOptions, progress: (Int) -> Bool = { _ in true }
    ) throws -> Trace {
        let prepared = try PreparedStudy(study)
        var trace = Trace(
            contract: contractVersion, provenance: provenance, study: study, dataDigest: prepared.data.digest,
            sections: [])
        for (number, name) in study.arithmetics.enumerated() {
            let names = try names(prepared, name)
            var run = try makeRun(prepared, in: name, instructionSet: options.instructionSet, threads: options.threads)
            var steps = [Step(step: 0, loss: nil, tensors: entries(run, names, options))]
            for step in 0..<study.steps {
                let update = run.advance(observe: [])
                steps.append(Step(step: step + 1, loss: update.loss, tensors: entries(run, names, options)))
                guard progress(number * study.steps + step + 1) else { throw TraceInterrupted() }
            }
            trace.sections.append(Section(arithmetic: name, steps: steps))
        }
        return trace
    }

    /// What is recorded of each step: parameters in declaration order, then running statistics.
    private static func names(_ prepared: PreparedStudy, _ name: ArithmeticName) throws -> [String] {
        let network = try prepared.startingPoint(for: name).network
        return network.parameters.map(\.name) + network.statistics.map(\.name)
    }

    /// Encoding and number of elements of the tensor with a number among the names.
    private static func tensor(_ i: Int, of run: any Run) -> (bytes: [UInt8], count: Int) {
        let s = i - run.parameterCount
        return s < 0
            ? (run.encoding(ofParameter: i), run.elementCount(ofParameter: i))
            : (run.encoding(ofStatistic: s), run.elementCount(ofStatistic: s))
    }

    private static func entries(_ run: any Run, _ names: [String], _ options: TraceOptions) -> [TensorEntry] {
        names.indices.map { i in
            let (bytes, count) = tensor(i, of: run)
            return TensorEntry(
                name: names[i], digest: Digest.hexadecimal(of: bytes),
                values: count <= options.valuesUpTo ? patterns(bytes, count) : nil)
        }
    }

    /// The encoding of each element as one hexadecimal number.
    static func patterns(_ bytes: [UInt8], _ count: Int) -> [String] {
        guard count > 0 else { return [] }
        let width = bytes.count / count
        let digits = Array("0123456789abcdef".utf8)
        return (0..<count).map { i in
            let element = bytes[i * width..<(i + 1) * width].reversed()
            return String(decoding: element.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
        }
    }

    /// Runs the study again and compares every step.
    ///
    /// - Parameter progress: as in `record`.
    /// - Returns: the first difference, or nil when every bit was reproduced.
    /// - Throws: `TraceError` when the trace cannot be judged here: another contract version, other data, tensors that the
    ///   study does not have; what loading the study throws; `TraceInterrupted`.
    public func verify(
        _ options: TraceOptions, progress: (Int) -> Bool = { _ in true }
    ) throws -> TraceDifference? {
        guard contract == contractVersion else {
            throw TraceError("is of contract version \(contract); this program's is \(contractVersion)")
        }
        let prepared = try PreparedStudy(study)
        guard prepared.data.digest == dataDigest else {
            throw TraceError(
                "was recorded on other data: \(study.data) has digest \(prepared.data.digest), not \(dataDigest)")
        }
        for (number, section) in sections.enumerated() {
            let names = try Trace.names(prepared, section.arithmetic)
            guard let first = section.steps.first, first.step == 0, section.steps.count == study.steps + 1 else {
                throw TraceError(
                    "\(section.arithmetic): \(section.steps.count) steps recorded for a study of \(study.steps)")
            }
            for step in section.steps where step.tensors.map(\.name) != names {
                throw TraceError("\(section.arithmetic): step \(step.step) does not name the study's tensors")
            }
            var run = try makeRun(
                prepared, in: section.arithmetic, instructionSet: options.instructionSet, threads: options.threads)
            if let difference = Trace.compare(run, first, loss: nil, section.arithmetic) { return difference }
            for step in section.steps.dropFirst() {
                let update = run.advance(observe: [])
                if let difference = Trace.compare(run, step, loss: update.loss, section.arithmetic) {
                    return difference
                }
                guard progress(number * study.steps + step.step) else { throw TraceInterrupted() }
            }
        }
        return nil
    }

    private static func compare(
        _ run: any Run, _ step: Step, loss: ExactValue?, _ name: ArithmeticName
    ) -> TraceDifference? {
        if loss != step.loss {
            return TraceDifference(
                arithmetic: name, step: step.step, tensor: "loss", element: nil,
                recorded: step.loss?.hexadecimal ?? "none",
                found: loss?.hexadecimal ?? "none")
        }
        for (i, entry) in step.tensors.enumerated() {
            let (bytes, count) = tensor(i, of: run)
            let digest = Digest.hexadecimal(of: bytes)
            guard digest != entry.digest else { continue }
            let found = patterns(bytes, count)
            if let values = entry.values, values.count == found.count,
                let element = values.indices.first(where: { values[$0] != found[$0] })
            {
                return TraceDifference(
                    arithmetic: name, step: step.step, tensor: entry.name, element: element, recorded: values[element],
                    found: found[element])
            }
            return TraceDifference(
                arithmetic: name, step: step.step, tensor: entry.name, element: nil, recorded: entry.digest,
                found: digest)
        }
        return nil
    }
}

/// A trace that cannot be read or judged: one line.
public struct TraceError: Error, CustomStringConvertible, Sendable {
    public let description: String
    public init(_ description: String) { self.description = description }
}
