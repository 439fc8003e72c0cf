import CKernels

/// A fusion as the C kernel takes it: its values numbered, operands first, and where they stand.
public struct FusionPlan<Scalar: BitwiseCopyable & Sendable>: @unchecked Sendable {
    // Pointers live as long as the call that is given the plan; threads write different channels.
    typealias Operand = (values: UnsafePointer<Scalar>?, extent: ls_extent)

    struct Step {
        let kind: ls_step_kind
        let function: Int32
        let constant: Scalar?
        let left, right: Int32
        var summed: Int32 = 0
        let out: UnsafeMutablePointer<Scalar>?
    }

    let outer, channels, inner: Int
    let operands: [Operand]
    var steps: [Step] = []
}

extension IEEEArithmetic {
    public var makesAgain: Bool { true }

    public func evaluate(_ fusion: Fusion<Scalar>, keeping kept: [Fusion<Scalar>.Value]) -> [[Scalar]] {
        let keptSteps: [Int] = kept.compactMap { if case .step(let i) = $0 { i } else { nil } }
        // Short rows would leave most lanes empty; the chains are all that the kernel sums by.
        guard reduction == .sequential, fusion.inner >= 16, fusion.count > 0, keptSteps.count == kept.count,
            Set(kept).count == kept.count
        else { return evaluateStepByStep(fusion, keeping: kept) }
        let schedule = FusionSchedule(fusion, keeping: Set(keptSteps))
        guard schedule.isSmall else { return evaluateStepByStep(fusion, keeping: kept) }

        return withPointers(to: fusion.operands.map(\.values)) { inputs in
            writing(kept.map(fusion.count(of:))) { outputs in
                let plan = schedule.plan(
                    fusion, inputs, Dictionary(uniqueKeysWithValues: Swift.zip(keptSteps, outputs)))
                // Bytes moved count, not operations: a nanosecond for four elements of an operand or a result.
                let work = Double(fusion.count) * 0.25 * Double(fusion.operands.count + kept.count)
                partition(rows: fusion.channels, at: fusion.steps[0].site, nanoseconds: work) {
                    Self.kernels.fuse(instructionSet.path, plan, $0)
                }
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
