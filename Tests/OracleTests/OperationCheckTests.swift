import Arithmetics
import Foundation
import Oracle
import TensorFiles
import Testing
import Training

/// One operation of another program, written here in plain loops: right in any order, wrong when something is wrong.
@Suite struct OperationCheckTests {
    struct Array2 {
        var shape: [Int]
        var values: [Float]
    }

    static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Double(state >> 33) / 4_294_967_296 - 0.25)
        }
    }

    static func findings(
        _ operation: String, inputs: KeyValuePairs<String, Array2>, labels: [Int64]? = nil, output: Array2? = nil,
        gradients: KeyValuePairs<String, Array2> = [:], attributes: [String: Int] = [:],
        limits: CheckLimits = CheckLimits()
    ) throws -> OperationFindings {
        let folder = NSTemporaryDirectory() + "lockstep-op-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func write(_ tensors: KeyValuePairs<String, Array2>, _ name: String) throws -> String {
            var archive = TensorArchive()
            for (name, tensor) in tensors { try archive.append(name, StoredTensor(tensor.values, shape: tensor.shape)) }
            if let labels, name == "inputs" {
                try archive.append("labels", StoredTensor(labels, shape: [labels.count]))
            }
            try archive.write(to: "\(folder)/\(name).npz")
            return "\(folder)/\(name).npz"
        }
        let kind = try #require(OperationKind.all.first { $0.name == operation })
        var request = OperationRequest(kind, inputs: try write(inputs, "inputs"))
        if let output { request.output = try write(["y": output], "output") }
        if !gradients.isEmpty { request.gradients = try write(gradients, "gradients") }
        request.attributes = attributes
        request.limits = limits
        return try OperationCheck(request).run()
    }

    /// [m, k] × [k, n], terms in the given order.
    static func product(_ a: [Float], _ b: [Float], _ m: Int, _ n: Int, _ k: Int, reversed: Bool) -> [Float] {
        (0..<m * n).map { p in
            let order = reversed ? Array((0..<k).reversed()) : Array(0..<k)
            return order.reduce(Float(0)) { $0 + a[p / n * k + $1] * b[$1 * n + p % n] }
        }
    }

    @Test(arguments: [false, true]) func productsInAnyOrderAgree(reversed: Bool) throws {
        let (a, b) = (OperationCheckTests.numbers(60, seed: 1), OperationCheckTests.numbers(80, seed: 2))
        let y = OperationCheckTests.product(a, b, 3, 4, 20, reversed: reversed)
        let found = try OperationCheckTests.findings(
            "matmul", inputs: ["a": Array2(shape: [3, 20], values: a), "b": Array2(shape: [20, 4], values: b)],
            output: Array2(shape: [3, 4], values: y))
        #expect(found.verdict == .agrees)
        let conditioning = try #require(found.rows.first?.conditioning)
        #expect(conditioning.median >= 1 && conditioning.backwardError <= conditioning.bound)
    }

    @Test func aTermLeftOutDiffers() throws {
        let (a, b) = (OperationCheckTests.numbers(60, seed: 3), OperationCheckTests.numbers(80, seed: 4))
        var y = OperationCheckTests.product(a, b, 3, 4, 20, reversed: false)
        y[7] -= a[20 + 19] * b[19 * 4 + 3]
        let found = try OperationCheckTests.findings(
            "matmul", inputs: ["a": Array2(shape: [3, 20], values: a), "b": Array2(shape: [20, 4], values: b)],
            output: Array2(shape: [3, 4], values: y))
        #expect(found.verdict == .differs)
        #expect(found.rows.first?.judgement.worst.element == 7)
    }

    /// x = (1, 2^30, -2^30 + ...): the sum cancels, so another order is far off in ulps of the result and yet only rounding.
    @Test func illConditionedIsNotCalledWrong() throws {
        var x: [Float] = [1]
        for i in 0..<20 { x += [Float(1 << 24) * Float(i + 1) * 1.37, -Float(1 << 24) * Float(i + 1) * 1.3699] }
        // An order that no member of the ensemble has.
        let y = x.sorted { abs($0) > abs($1) }.reduce(Float(0), +)
        let found = try OperationCheckTests.findings(
            "sum", inputs: ["x": Array2(shape: [41], values: x)], output: Array2(shape: [1], values: [y]))
        #expect(found.verdict != .differs)
        let conditioning = try #require(found.rows.first?.conditioning)
        #expect(conditioning.atWorst > 1000)
    }

    @Test func convolutionAndItsGradientsAreJudged() throws {
        // One channel, 4×4, kernel 3×3, stride 1, pad 1; loops over everything.
        let (x, w, b) = (
            OperationCheckTests.numbers(16, seed: 5), OperationCheckTests.numbers(18, seed: 6),
            OperationCheckTests.numbers(2, seed: 7)
        )
        let g = OperationCheckTests.numbers(32, seed: 8)
        var (y, dx, dw, db) = (
            [Float](repeating: 0, count: 32), [Float](repeating: 0, count: 16), [Float](repeating: 0, count: 18),
            [Float](repeating: 0, count: 2)
        )
        for o in 0..<2 {
            for r in 0..<4 {
                for c in 0..<4 {
                    let p = (o * 4 + r) * 4 + c
                    db[o] += g[p]
                    for i in 0..<3 {
                        for j in 0..<3 where (0..<4).contains(r + i - 1) && (0..<4).contains(c + j - 1) {
                            let q = (r + i - 1) * 4 + c + j - 1
                            y[p] += x[q] * w[(o * 3 + i) * 3 + j]
                            dx[q] += g[p] * w[(o * 3 + i) * 3 + j]
                            dw[(o * 3 + i) * 3 + j] += g[p] * x[q]
                        }
                    }
                    y[p] += b[o]
                }
            }
        }
        func judge(_ dx: [Float]) throws -> OperationFindings {
            try OperationCheckTests.findings(
                "conv2d",
                inputs: [
                    "x": Array2(shape: [1, 1, 4, 4], values: x), "w": Array2(shape: [2, 1, 3, 3], values: w),
                    "b": Array2(shape: [2], values: b),
                ], output: Array2(shape: [1, 2, 4, 4], values: y),
                gradients: [
                    "g": Array2(shape: [1, 2, 4, 4], values: g), "dx": Array2(shape: [1, 1, 4, 4], values: dx),
                    "dw": Array2(shape: [2, 1, 3, 3], values: dw), "db": Array2(shape: [2], values: db),
                ], attributes: ["pad": 1])
        }
        let found = try judge(dx)
        #expect(found.verdict == .agrees)
        #expect(found.rows.map(\.tensor) == ["y", "dx", "dw", "db"])
        let shifted = try judge([dx[15]] + dx.dropLast())
        #expect(shifted.verdict == .differs)
        #expect(shifted.rows.filter { $0.verdict == .differs }.map(\.tensor) == ["dx"])
    }

    @Test func lossesAndNormsAreJudged() throws {
        let z = OperationCheckTests.numbers(12, seed: 9)
        let labels: [Int64] = [2, 0, 1, 3]
        var (loss, dz) = (0.0, [Float]())
        for row in 0..<4 where row < 3 {
            let values = z[row * 4..<row * 4 + 4].map(Double.init)
            let total = values.reduce(0) { $0 + exp($1) }
            loss += (log(total) - values[Int(labels[row])]) / 3
            dz += values.indices.map { Float((exp(values[$0]) / total - (Int64($0) == labels[row] ? 1 : 0)) / 3) }
        }
        let found = try OperationCheckTests.findings(
            "cross-entropy", inputs: ["z": Array2(shape: [3, 4], values: z)], labels: [2, 0, 1],
            output: Array2(shape: [1], values: [Float(loss)]), gradients: ["dz": Array2(shape: [3, 4], values: dz)])
        #expect(found.verdict == .agrees)

        let x = OperationCheckTests.numbers(24, seed: 10)
        let (w, b) = (OperationCheckTests.numbers(3, seed: 11), OperationCheckTests.numbers(3, seed: 12))
        func normalised(_ divisor: Double) -> [Float] {
            var y = [Float](repeating: 0, count: 24)
            for c in 0..<3 {
                let own = (0..<8).map { Double(x[$0 * 3 + c]) }
                let mean = own.reduce(0, +) / 8
                let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / divisor
                for i in 0..<8 {
                    y[i * 3 + c] = Float((own[i] - mean) / (variance + 1e-5).squareRoot() * Double(w[c]) + Double(b[c]))
                }
            }
            return y
        }
        // Bessel's correction where the batch variance is meant is a mistake seen in practice.
        for (divisor, verdict) in [(8.0, Verdict.agrees), (7.0, .differs)] {
            let found = try OperationCheckTests.findings(
                "batch-norm",
                inputs: [
                    "x": Array2(shape: [8, 3], values: x), "w": Array2(shape: [3], values: w),
                    "b": Array2(shape: [3], values: b),
                ], output: Array2(shape: [8, 3], values: normalised(divisor)))
            #expect(found.verdict == verdict)
        }
    }

    static let unusable: [(operation: String, shapes: [String: [Int]], message: String)] = [
        ("matmul", ["a": [2, 3], "b": [2, 3]], "the inner sizes 3 and 2 differ"),
        ("matmul", ["a": [2, 3]], "no tensor \"b\""),
        ("conv2d", ["x": [1, 2, 4, 4], "w": [2, 1, 3, 2]], "is not square"),
        ("average-pool", ["x": [1, 2, 4, 4]], "size is wanted"),
        ("softmax", ["x": [4]], "2 axes are wanted"),
    ]
    @Test(arguments: unusable.indices) func unusableOperandsAreTold(ordinal: Int) throws {
        let (operation, shapes, message) = OperationCheckTests.unusable[ordinal]
        let folder = NSTemporaryDirectory() + "lockstep-op-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var archive = TensorArchive()
        // A second tensor, so that none is taken for the only operand.
        try archive.append("y", StoredTensor([Float(1)], shape: [1]))
        for name in shapes.keys.sorted() {
            let shape = shapes[name] ?? []
            try archive.append(name, StoredTensor([Float](repeating: 1, count: shape.reduce(1, *)), shape: shape))
        }
        try archive.write(to: "\(folder)/in.npz")
        let kind = try #require(OperationKind.all.first { $0.name == operation })
        var request = OperationRequest(kind, inputs: "\(folder)/in.npz")
        request.output = "\(folder)/in.npz"
        let error = #expect(throws: StudyError.self) { try OperationCheck(request) }
        #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
    }
}
