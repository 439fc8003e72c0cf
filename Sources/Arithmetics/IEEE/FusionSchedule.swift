import CKernels

/// Which steps of a fusion each pass over memory makes.
///
/// A sum is known when the pass that adds it up has ended, so what is made of it belongs to the next pass. A pass makes the
/// results again that it wants of former ones, unless they were kept and can be read.
struct FusionSchedule {
    /// In the order of the plan: which step, and, of results that are summed and not kept, a number from 1 within the pass.
    private var order: [(step: Int, waits: Int32)] = []
    private var mostWaiting = 0
    private let operands: Int

    /// Has the kernel room for it?
    var isSmall: Bool {
        order.count <= LS_FUSION_STEPS && operands <= LS_FUSION_OPERANDS && mostWaiting <= LS_FUSION_SUMS
    }

    init<Scalar>(_ fusion: Fusion<Scalar>, keeping kept: Set<Int>) {
        operands = fusion.operands.count
        // The first pass that can make a step.
        var first: [Int] = []
        for step in fusion.steps {
            let used = step.operation.used.map { value -> Int in
                guard case .step(let i) = value else { return 0 }
                return first[i]
            }
            let latest = used.max() ?? 0
            if case .sum = step.operation { first.append(latest + 1) } else { first.append(latest) }
        }
        let steps = fusion.steps.indices
        let ofElements = steps.filter { fusion.steps[$0].extent == .element }
        for pass in 0...(first.max() ?? 0) {
            let ofChannels = steps.filter {
                first[$0] == pass && fusion.steps[$0].extent == .channel && !fusion.steps[$0].isSum
            }
            order += ofChannels.map { ($0, 0) }
            // A sum's result is there one pass after the pass that adds it up.
            let sums = steps.filter { first[$0] == pass + 1 && fusion.steps[$0].isSum }
            var wanted = Set(ofElements.filter { kept.contains($0) && first[$0] == pass })
            for i in sums { wanted.formUnion(fusion.steps[i].elementSteps(fusion)) }
            for i in ofElements.reversed() where wanted.contains(i) {
                // What was kept by a former pass is read.
                if kept.contains(i) && first[i] < pass {
                    wanted.remove(i)
                } else {
                    wanted.formUnion(fusion.steps[i].elementSteps(fusion))
                }
            }
            let summed = Set(sums.flatMap { fusion.steps[$0].elementSteps(fusion) })
            var waiting = 0
            for i in ofElements where wanted.contains(i) {
                let waits = summed.contains(i) && !kept.contains(i)
                if waits { waiting += 1 }
                order.append((i, waits ? Int32(waiting) : 0))
            }
            order += sums.map { ($0, 0) }
            mostWaiting = max(mostWaiting, waiting, sums.count)
        }
    }

    func plan<Scalar>(
        _ fusion: Fusion<Scalar>, _ inputs: [UnsafePointer<Scalar>?], _ outputs: [Int: UnsafeMutablePointer<Scalar>?]
    ) -> FusionPlan<Scalar> {
        var plan = FusionPlan<Scalar>(
            outer: fusion.outer, channels: fusion.channels, inner: fusion.inner,
            operands: zip(inputs, fusion.operands).map { values, operand in
                switch operand.extent {
                case .element: (values, LS_OF_ELEMENT)
                case .channel: (values, LS_OF_CHANNEL)
                case .position: (values, LS_OF_POSITION)
                case .all: (values, LS_OF_ALL)
                }
            })
        // Where the result of each step was made last.
        var numbers: [Int: Int32] = [:]
        func number(_ value: Fusion<Scalar>.Value) -> Int32 {
            switch value {
            case .operand(let i): Int32(i)
            case .step(let i): numbers[i] ?? -1
            }
        }
        for (i, waits) in order {
            let step = fusion.steps[i]
            let out = outputs[i] ?? nil
            let isOfChannels = step.extent == .channel
            switch step.operation {
            case .map(let f, let x):
                let (code, constant) = f.kernel
                plan.steps.append(
                    .init(
                        kind: isOfChannels ? LS_STEP_CHANNEL_MAP : LS_STEP_MAP, function: Int32(code.rawValue),
                        constant: constant, left: number(x), right: 0, summed: waits, out: out))
            case .zip(let f, let x, let y):
                let (code, constant) = f.kernel
                plan.steps.append(
                    .init(
                        kind: isOfChannels ? LS_STEP_CHANNEL_ZIP : LS_STEP_ZIP, function: Int32(code.rawValue),
                        constant: constant, left: number(x), right: number(y), summed: waits, out: out))
            case .sum(let x):
                plan.steps.append(
                    .init(kind: LS_STEP_SUM, function: 0, constant: nil, left: number(x), right: 0, out: out))
            }
            numbers[i] = Int32(fusion.operands.count + plan.steps.count - 1)
        }
        return plan
    }
}

extension Fusion.Step {
    fileprivate var isSum: Bool {
        if case .sum = operation { true } else { false }
    }

    /// The steps with elements that it uses.
    fileprivate func elementSteps(_ fusion: Fusion<Scalar>) -> [Int] {
        operation.used.compactMap {
            if case .step(let i) = $0, fusion.hasElements($0) { i } else { nil }
        }
    }
}
