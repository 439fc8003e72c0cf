import Arithmetics

/// Sets a foreign error beside those of equally valid roundings.
struct Yardstick {
    let reference: ExactArray
    let format: Format
    let scale: ErrorScale
    /// Errors of the ensemble; Lockstep's own way first.
    let members: [ErrorSize]
    private let ownValues: ExactArray
    let limits: CheckLimits

    /// - Parameters:
    ///   - members: the same tensor in every member of the ensemble.
    ///   - start: the weights before the update, for tensors of weights.
    init(_ reference: ExactArray, _ members: [ExactArray], _ format: Format, start: ExactArray?, _ limits: CheckLimits)
    {
        self.reference = reference
        self.format = format
        self.limits = limits
        scale = ErrorScale(reference, format, start: start)
        let scale = scale
        self.members = members.map { scale.size(of: $0) }
        ownValues = members[0]
    }

    /// The largest of the ensemble, in each way of measuring.
    var largest: ErrorSize {
        var result = members[0]
        for member in members.dropFirst() {
            result.rms = max(result.rms, member.rms)
            result.max = max(result.max, member.max)
            result.isBroken = result.isBroken || member.isBroken
            result.alongUpdate = larger(result.alongUpdate, member.alongUpdate)
            result.alongWeights = larger(result.alongWeights, member.alongWeights)
        }
        result.alongUpdate = result.alongUpdate.map(abs)
        result.alongWeights = result.alongWeights.map(abs)
        return result
    }

    private func larger(_ a: Double?, _ b: Double?) -> Double? {
        guard let a, let b else { return a ?? b }
        return max(abs(a), abs(b))
    }

    /// How far outside, and by which way of measuring.
    func ratio(of foreign: ErrorSize) -> (ratio: Double, measure: String) {
        let largest = largest
        if foreign.isBroken { return (.infinity, "NaN or infinity") }
        var best = (foreign.rms / max(largest.rms, scale.leastRms), "root mean square")
        func consider(_ value: Double?, _ yardstick: Double, _ name: String) {
            guard let value, yardstick > 0, abs(value) / yardstick > best.0 else { return }
            best = (abs(value) / yardstick, name)
        }
        consider(foreign.max, max(largest.max, scale.leastMax), "largest error")
        // In small formats constants such as the rate are legitimately rounded differently, which is a factor of the update.
        if format.precision >= 24, reference.count >= 16 {
            consider(foreign.alongUpdate, max(largest.alongUpdate ?? 0, scale.leastAlongUpdate), "along the update")
            consider(foreign.alongWeights, max(largest.alongWeights ?? 0, scale.leastAlongWeights), "along the weights")
        }
        return best
    }

    /// The ensemble's own spread swallows the update: nothing can be told.
    var isBlind: Bool {
        let largest = largest
        if largest.isBroken { return true }
        guard let update = scale.update, update > 0 else { return false }
        return max(largest.rms, scale.leastRms) > update / 4
    }

    /// The least relative change of the update that would be seen.
    var resolution: Double? {
        guard let update = scale.update, update > 0 else { return nil }
        let largest = largest
        let bySize = limits.maxRatio * max(largest.rms, scale.leastRms) / update
        guard format.precision >= 24, reference.count >= 16, let along = largest.alongUpdate else { return bySize }
        return min(bySize, limits.maxRatio * max(along, scale.leastAlongUpdate))
    }

    func judge(
        _ foreign: ExactArray, _ subject: CheckFindings.Subject, step: Int, updates: Int, tensor: String
    ) -> CheckFindings.Judgement {
        let size = scale.size(of: foreign)
        let (ratio, measure) = ratio(of: size)
        var element = size.element
        var verdict: Verdict = ratio <= limits.maxRatio ? .agrees : isBlind ? .undetermined : .differs
        if let most = limits.maxUlp, !(size.maxUlp <= most) {
            verdict = .differs
            element = size.maxUlpElement
        }
        if limits.bitwise {
            let first = foreign.firstDifference(from: ownValues)
            verdict = first == nil ? .agrees : .differs
            element = first ?? element
        }
        let worst = worst(foreign, element)
        return CheckFindings.Judgement(
            subject: subject, step: step, updates: updates, tensor: tensor, foreign: size, own: members[0],
            ensemble: largest,
            ensembleLeast: (members.map(\.rms).min() ?? 0, members.map(\.max).min() ?? 0), ratio: ratio,
            measure: measure, worst: worst, resolution: resolution, updateSize: scale.update,
            verdict: verdict)
    }

    private func worst(_ foreign: ExactArray, _ element: Int) -> CheckFindings.Worst {
        CheckFindings.Worst(
            element: element, foreign: foreign[element], reference: reference[element], own: ownValues[element],
            ulps: ulpError(foreign[element], reference[element], format))
    }
}

/// |x - y| / ulp(y); 0 for identical values, infinity where one is not finite.
func ulpError(_ x: ExactValue, _ y: ExactValue, _ format: Format) -> Double {
    if x == y { return 0 }
    return ErrorScale(ExactArray([y]), format).size(of: ExactArray([x])).maxUlp
}
