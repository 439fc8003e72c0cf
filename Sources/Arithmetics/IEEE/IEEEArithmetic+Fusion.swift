import CKernels

/// A fusion as the C kernel takes it: its values numbered, operands first, and where they stand.
public struct FusionPlan<Scalar: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Pointers live as long as the call that is given the plan; threads write different channels.
    typealias Operand = (values: UnsafePointer<Scalar>?, extent: ls_extent)

    struct Step {
        let kind: ls_step_kind
        let function: Int32
        let constant: Scalar?
        let left, right, summed: Int32
        let out: UnsafeMutablePointer<Scalar>?
    }

    let outer, channels, inner: Int
    let operands: [Operand]
    let steps: [Step]
}

extension IEEEArithmetic {
    public var makesAgain: Bool { true }

    public func evaluate(_ fusion: Fusion<Scalar>, keeping kept: [Fusion<Scalar>.Value]) -> [[Scalar]] {
        let keptSteps: [Int] = kept.compactMap { if case .step(let i) = $0 { i } else { nil } }
        // Short rows would leave most lanes empty; the chains are all that the kernel sums by.
        guard reduction == .sequential, fusion.inner >= 16, fusion.count > 0, keptSteps.count == kept.count,
            Set(kept).count == kept.count, let summed = fusion.summedPlaces(keeping: kept),
            fusion.operands.count <= LS_FUSION_OPERANDS, fusion.steps.count <= LS_FUSION_STEPS
        else { return evaluateStepByStep(fusion, keeping: kept) }

        let counts = keptSteps.map { fusion.hasElements(.step($0)) ? fusion.count : fusion.channels }
        return withPointers(to: fusion.operands.map(\.values)) { inputs in
            writing(counts) { outputs in
                let plan = FusionPlan(
                    fusion, inputs, Dictionary(uniqueKeysWithValues: Swift.zip(keptSteps, outputs)), summed)
                // Bytes moved count, not operations: a nanosecond for four elements of an operand or a result.
                let work = Double(fusion.count) * 0.25 * Double(fusion.operands.count + kept.count)
                partition(rows: fusion.channels, at: fusion.steps[0].site, nanoseconds: work) {
                    Self.kernels.fuse(instructionSet.path, plan, $0)
                }
            }
        }
    }
}

extension Fusion {
    /// For each step the place of its result among those that wait to be summed, 1, 2, …, or 0 for none; nil where there are
    /// more sums or places than the kernel has.
    fileprivate func summedPlaces(keeping kept: [Value]) -> [Int32]? {
        var places = [Int32](repeating: 0, count: steps.count)
        var (sums, used) = (0, 0)
        for (i, step) in steps.enumerated() {
            guard case .sum(let x) = step.operation else { continue }
            sums += 1
            guard kept.contains(.step(i)) else { return nil }
            guard case .step(let j) = x, !kept.contains(x), places[j] == 0 else { continue }
            used += 1
            places[j] = Int32(used)
        }
        return sums <= LS_FUSION_SUMS ? places : nil
    }
}

extension FusionPlan {
    fileprivate init(
        _ fusion: Fusion<Scalar>, _ inputs: [UnsafePointer<Scalar>?], _ outputs: [Int: UnsafeMutablePointer<Scalar>?],
        _ summed: [Int32]
    ) {
        func number(_ value: Fusion<Scalar>.Value) -> Int32 {
            switch value {
            case .operand(let i): Int32(i)
            case .step(let i): Int32(fusion.operands.count + i)
            }
        }
        (outer, channels, inner) = (fusion.outer, fusion.channels, fusion.inner)
        operands = Swift.zip(inputs, fusion.operands).map { values, operand in
            switch operand.extent {
            case .element: (values, LS_OF_ELEMENT)
            case .channel: (values, LS_OF_CHANNEL)
            case .position: (values, LS_OF_POSITION)
            case .all: (values, LS_OF_ALL)
            }
        }
        steps = fusion.steps.enumerated().map { i, step in
            let out = outputs[i] ?? nil
            switch step.operation {
            case .map(let f, let x):
                let (code, constant) = f.kernel
                return Step(
                    kind: LS_STEP_MAP, function: Int32(code.rawValue), constant: constant, left: number(x), right: 0,
                    summed: summed[i], out: out)
            case .zip(let f, let x, let y):
                let (code, constant) = f.kernel
                return Step(
                    kind: LS_STEP_ZIP, function: Int32(code.rawValue), constant: constant, left: number(x),
                    right: number(y), summed: summed[i], out: out)
            case .sum(let x):
                return Step(
                    kind: LS_STEP_SUM, function: 0, constant: nil, left: number(x), right: 0, summed: 0, out: out)
            }
        }
    }
}

/// Calls `body` with where the arrays stand.
private func withPointers<T, R>(to arrays: [[T]], _ body: ([UnsafePointer<T>?]) -> R) -> R {
    func next(_ i: Int, _ found: [UnsafePointer<T>?]) -> R {
        guard i < arrays.count else { return body(found) }
        return arrays[i].withUnsafeBufferPointer { next(i + 1, found + [$0.baseAddress]) }
    }
    return next(0, [])
}

/// New arrays of these lengths, every element of which `body` writes.
private func writing<T: BitwiseCopyable>(_ counts: [Int], _ body: ([UnsafeMutablePointer<T>?]) -> Void) -> [[T]] {
    func next(_ i: Int, _ found: [UnsafeMutablePointer<T>?]) -> [[T]] {
        guard i < counts.count else {
            body(found)
            return []
        }
        var rest: [[T]] = []
        let array = [T](unsafeUninitializedCapacity: counts[i]) { buffer, used in
            rest = next(i + 1, found + [buffer.baseAddress])
            used = counts[i]
        }
        return [array] + rest
    }
    return next(0, [])
}
