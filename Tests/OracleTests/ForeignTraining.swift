import Foundation
import Oracle
import TensorFiles
import Training

/// Another program: a two-layer network trained in plain Swift loops over Float or Double, with the host's exp and log, sharing
/// nothing with the project but the samples. What it does otherwise than the study is a case of `Change`.
struct ForeignTraining<Number: BinaryFloatingPoint & StoredElement> {
    enum Change {
        // Roundings.
        case reversedSums, doubleSums, fusedUpdate
        // Mistakes.
        case noDecay, decayOnWeightsOnly, sumInsteadOfMean, biasesFrozen, gradientsAccumulate, nesterov, dampenedStart
        case labelsOffByOne, nextBatch
        case rateTimes(Double)
        case noMask, leakyMask, decoupledDecay, squareTransposed, singleProducts
        case decay(Double)
        case momentum(Double)
    }

    let sizes: [Int]
    let rate, momentum, decay: Number
    var changes: [Change] = []
    var weights: [[Number]]
    var velocities: [[Number]?] = [nil, nil, nil, nil]
    private(set) var gradients: [[Number]] = [[], [], [], []]
    private var totals: [[Number]?] = [nil, nil, nil, nil]
    private(set) var loss: Number = 0

    /// Weights like those of `mlp(in,hidden,out)`: [hidden, in], [hidden], [out, hidden], [out].
    init(_ sizes: [Int], rate: Double, momentum: Double, decay: Double, seed: UInt64) {
        self.sizes = sizes
        self.rate = Number(rate)
        self.momentum = Number(momentum)
        self.decay = Number(decay)
        var state = seed
        func uniform() -> Number {
            // Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators (2014): SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            // Numbers of binary32, so that both formats start alike.
            return Number(Float(Double((z ^ (z >> 31)) >> 40) / 8_388_608 - 1) / 2)
        }
        let counts = [sizes[1] * sizes[0], sizes[1], sizes[2] * sizes[1], sizes[2]]
        weights = counts.map { count in (0..<count).map { _ in uniform() } }
    }

    private func has(_ match: (Change) -> Bool) -> Bool { changes.contains(where: match) }

    private func sum(_ terms: [Number]) -> Number {
        if has({ if case .doubleSums = $0 { true } else { false } }) {
            return Number(terms.reduce(0.0) { $0 + Double($1) })
        }
        let order = has({ if case .reversedSums = $0 { true } else { false } }) ? terms.reversed() : terms
        return order.reduce(0, +)
    }

    private func product(_ a: Number, _ b: Number) -> Number {
        has({ if case .singleProducts = $0 { true } else { false } }) ? Number(Float(a) * Float(b)) : a * b
    }

    mutating func update(_ x: [[Number]], _ labels: [Int], step: Int) {
        let (inputs, hidden, outputs) = (sizes[0], sizes[1], sizes[2])
        let transposed = has { if case .squareTransposed = $0 { true } else { false } }
        func first(_ j: Int, _ i: Int) -> Int { transposed ? i * inputs + j : j * inputs + i }
        let w = weights
        var targets = labels
        if has({ if case .labelsOffByOne = $0 { true } else { false } }) { targets = labels.map { ($0 + 1) % outputs } }
        let a = x.map { x in
            (0..<hidden).map { j in sum((0..<inputs).map { product(x[$0], w[0][first(j, $0)]) }) + w[1][j] }
        }
        let h = a.map { $0.map { $0 > 0 ? $0 : 0 } }
        let z = h.map { h in
            (0..<outputs).map { k in sum((0..<hidden).map { product(h[$0], w[2][k * hidden + $0]) }) + w[3][k] }
        }
        var losses: [Number] = []
        var dz: [[Number]] = []
        let n = Number(x.count)
        for (row, label) in zip(z, targets) {
            let largest = row.max() ?? 0
            let e = row.map { Number(Foundation.exp(Double($0 - largest))) }
            let total = sum(e)
            losses.append(Number(Foundation.log(Double(total))) - (row[label] - largest))
            dz.append(e.indices.map { (e[$0] / total - ($0 == label ? 1 : 0)) / n })
        }
        loss = sum(losses) / n
        if has({ if case .sumInsteadOfMean = $0 { true } else { false } }) { dz = dz.map { $0.map { $0 * n } } }
        let leak: Number = has({ if case .leakyMask = $0 { true } else { false } }) ? 0.01 : 0
        let noMask = has { if case .noMask = $0 { true } else { false } }
        let da = x.indices.map { s in
            (0..<hidden).map { j in
                let g = sum((0..<outputs).map { product(dz[s][$0], w[2][$0 * hidden + j]) })
                return a[s][j] > 0 || noMask ? g : leak * g
            }
        }
        var g: [[Number]] = [
            [Number](repeating: 0, count: w[0].count),
            (0..<hidden).map { j in sum(x.indices.map { da[$0][j] }) },
            (0..<outputs * hidden).map { p in sum(x.indices.map { product(dz[$0][p / hidden], h[$0][p % hidden]) }) },
            (0..<outputs).map { k in sum(x.indices.map { dz[$0][k] }) },
        ]
        for j in 0..<hidden {
            for i in 0..<inputs { g[0][first(j, i)] = sum(x.indices.map { product(da[$0][j], x[$0][i]) }) }
        }
        gradients = g
        if has({ if case .gradientsAccumulate = $0 { true } else { false } }) {
            for i in g.indices {
                if let total = totals[i] { g[i] = zip(total, g[i]).map { $0 + $1 } }
                totals[i] = g[i]
            }
        }
        descend(g)
    }

    private mutating func descend(_ g: [[Number]]) {
        var (rate, decay, momentum) = (rate, decay, momentum)
        var (nesterov, fused, decoupled, dampened, frozen, weightsOnly) = (false, false, false, false, false, false)
        for change in changes {
            switch change {
            case .noDecay: decay = 0
            case .decay(let value): decay = Number(value)
            case .momentum(let value): momentum = Number(value)
            case .rateTimes(let factor): rate *= Number(factor)
            case .nesterov: nesterov = true
            case .fusedUpdate: fused = true
            case .decoupledDecay: decoupled = true
            case .dampenedStart: dampened = true
            case .biasesFrozen: frozen = true
            case .decayOnWeightsOnly: weightsOnly = true
            default: break
            }
        }
        for t in weights.indices where !(frozen && t % 2 == 1) {
            let lambda = weightsOnly && t % 2 == 1 ? 0 : decay
            let isFirst = velocities[t] == nil
            var velocity = velocities[t] ?? [Number](repeating: 0, count: weights[t].count)
            for i in weights[t].indices {
                let w = weights[t][i]
                var d = decoupled ? g[t][i] : fused ? g[t][i].addingProduct(lambda, w) : g[t][i] + lambda * w
                if momentum != 0 {
                    if isFirst {
                        velocity[i] = dampened ? (1 - momentum) * d : d
                    } else {
                        velocity[i] = fused ? d.addingProduct(momentum, velocity[i]) : momentum * velocity[i] + d
                    }
                    d = nesterov ? d + momentum * velocity[i] : velocity[i]
                }
                weights[t][i] = fused ? w.addingProduct(-rate, d) : w - rate * d
                if decoupled { weights[t][i] -= rate * lambda * w }
            }
            if momentum != 0 { velocities[t] = velocity }
        }
    }

    /// The tensors under the given names.
    static func write(
        _ tensors: [[Number]], _ sizes: [Int], names: [String] = ["fc1.weight", "fc1.bias", "fc2.weight", "fc2.bias"],
        to path: String
    ) throws {
        let shapes = [[sizes[1], sizes[0]], [sizes[1]], [sizes[2], sizes[1]], [sizes[2]]]
        var archive = TensorArchive()
        for i in tensors.indices { try archive.append(names[i], StoredTensor(tensors[i], shape: shapes[i])) }
        try archive.write(to: path)
    }
}
