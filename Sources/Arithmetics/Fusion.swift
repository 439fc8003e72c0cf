/// Operations on arrays of shape [outer, channels, inner], written down to be made together: in as few passes over memory as an
/// arithmetic can.
///
/// What they mean is what `map`, `zip` and `sums` of the arithmetic give for each of them, one after the other, each at its own
/// site. A sum has one value a channel, and so has what is made of sums and of operands with one value a channel.
public struct Fusion<Scalar: BitwiseCopyable & Sendable>: Sendable {
    /// Something an operation can use, or that can be asked for.
    public enum Value: Sendable, Hashable {
        case operand(Int)
        case step(Int)
    }

    /// What an operand or a result has one value for.
    enum Extent: Sendable, Hashable { case element, channel, position, all }

    struct Operand: Sendable {
        let values: [Scalar]
        let extent: Extent
    }

    enum Operation: Sendable {
        case map(UnaryFunction<Scalar>, Value)
        case zip(BinaryFunction<Scalar>, Value, Value)
        /// For each channel, over outer, then inner.
        case sum(Value)
    }

    struct Step: Sendable {
        let operation: Operation
        /// Of the result: an element or a channel.
        let extent: Extent
        let site: Site
    }

    public let outer, channels, inner: Int
    private(set) var operands: [Operand] = []
    private(set) var steps: [Step] = []

    public init(outer: Int, channels: Int, inner: Int) {
        precondition(outer >= 0 && channels >= 0 && inner >= 0, "negative size")
        self.outer = outer
        self.channels = channels
        self.inner = inner
    }

    /// Of every array with a value an element.
    public var count: Int { outer * channels * inner }

    // MARK: Operands

    /// An array of the whole shape.
    public mutating func elements(_ x: [Scalar]) -> Value { operand(x, .element, count) }
    /// One value a channel.
    public mutating func channels(_ x: [Scalar]) -> Value { operand(x, .channel, channels) }
    /// One value for each position of the innermost axis.
    public mutating func positions(_ x: [Scalar]) -> Value { operand(x, .position, inner) }
    /// One value for all.
    public mutating func scalar(_ x: Scalar) -> Value { operand([x], .all, 1) }

    private mutating func operand(_ x: [Scalar], _ extent: Extent, _ count: Int) -> Value {
        precondition(x.count == count, "shapes do not match")
        operands.append(Operand(values: x, extent: extent))
        return .operand(operands.count - 1)
    }

    // MARK: Operations. The first operand has a value for every element, or both have none but for channels.

    public mutating func map(_ f: UnaryFunction<Scalar>, _ x: Value, at site: Site) -> Value {
        step(.map(f, x), extent(x), site)
    }

    public mutating func zip(_ f: BinaryFunction<Scalar>, _ x: Value, _ y: Value, at site: Site) -> Value {
        if extent(x) == .channel {
            precondition([.channel, .all].contains(extent(y)), "a channel has no value for an element of it")
        }
        return step(.zip(f, x, y), extent(x), site)
    }

    /// One value a channel.
    public mutating func sum(_ x: Value, at site: Site) -> Value {
        precondition(extent(x) == .element, "a sum is over elements")
        return step(.sum(x), .channel, site)
    }

    private mutating func step(_ operation: Operation, _ extent: Extent, _ site: Site) -> Value {
        precondition(extent == .element || extent == .channel, "the first operand has a value for every element")
        steps.append(Step(operation: operation, extent: extent, site: site))
        return .step(steps.count - 1)
    }

    func extent(_ value: Value) -> Extent {
        switch value {
        case .operand(let i): operands[i].extent
        case .step(let i): steps[i].extent
        }
    }

    /// Has the value the whole shape?
    public func hasElements(_ value: Value) -> Bool { extent(value) == .element }

    /// How many elements a value with elements or channels has.
    public func count(of value: Value) -> Int { hasElements(value) ? count : channels }

    /// How a value repeats beside one of another extent: of the whole shape, or of channels.
    func repetition(_ value: Value, beside extent: Extent) -> Repetition {
        switch self.extent(value) {
        case .element: .none(count)
        case .channel: extent == .channel ? .none(channels) : .blocks(of: inner, count: channels)
        case .position: .lastAxis(inner)
        case .all: .scalar
        }
    }
}

extension Array where Element: BitwiseCopyable {
    /// An array whose elements `body` writes, every one of them.
    public init(count: Int, writing body: (inout MutableSpan<Element>) -> Void) {
        self.init(unsafeUninitializedCapacity: count) { buffer, used in
            // Plain bits need no initialisation before they are written.
            var span = buffer.extracting(0..<count).mutableSpan
            body(&span)
            used = count
        }
    }
}

extension Arithmetic {
    public func evaluate(_ fusion: Fusion<Scalar>, keeping kept: [Fusion<Scalar>.Value]) -> [[Scalar]] {
        evaluateStepByStep(fusion, keeping: kept)
    }

    /// The definition: one operation after the other. Results are let go when no later step wants them.
    func evaluateStepByStep(_ fusion: Fusion<Scalar>, keeping kept: [Fusion<Scalar>.Value]) -> [[Scalar]] {
        var results: [[Scalar]] = Array(repeating: [], count: fusion.steps.count)
        let lastUses = fusion.lastUses(keeping: kept)
        func values(_ value: Fusion<Scalar>.Value) -> [Scalar] {
            switch value {
            case .operand(let i): fusion.operands[i].values
            case .step(let i): results[i]
            }
        }
        for (i, step) in fusion.steps.enumerated() {
            let count = fusion.count(of: .step(i))
            switch step.operation {
            case .map(let f, let x):
                let x = values(x)
                results[i] = Array(count: count) { map(f, x.span, into: &$0, at: step.site) }
            case .zip(let f, let x, let y):
                let repetition = fusion.repetition(y, beside: step.extent)
                let (x, y) = (values(x), values(y))
                results[i] = Array(count: count) { zip(f, x.span, y.span, repetition, into: &$0, at: step.site) }
            case .sum(let x):
                let x = values(x)
                results[i] = Array(count: count) {
                    sums(x.span, outer: fusion.outer, inner: fusion.inner, into: &$0, at: step.site)
                }
            }
            for j in 0..<i where lastUses[j] == i { results[j] = [] }
        }
        return kept.map(values)
    }
}

extension Fusion {
    /// For each step the last one that uses its result; nil where it is kept or never used.
    fileprivate func lastUses(keeping kept: [Value]) -> [Int?] {
        var last: [Int?] = Array(repeating: nil, count: steps.count)
        for (i, step) in steps.enumerated() {
            for case .step(let j) in step.operation.used { last[j] = i }
        }
        for case .step(let j) in kept { last[j] = nil }
        return last
    }
}

extension Fusion.Operation {
    var used: [Fusion<Scalar>.Value] {
        switch self {
        case .map(_, let x), .sum(let x): [x]
        case .zip(_, let x, let y): [x, y]
        }
    }
}
