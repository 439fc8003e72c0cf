import Arithmetics
import TensorFiles
import Timing

/// What `lockstep bench` found, for people and for programs.
public struct BenchmarkReport: Sendable {
    public static let schema = "lockstep.bench/1"

    public let request: BenchmarkRequest
    public let works: [TimedWork]
    public let environment: RunEnvironment

    public init(_ request: BenchmarkRequest, _ works: [TimedWork], _ environment: RunEnvironment) {
        self.request = request
        self.works = works
        self.environment = environment
    }

    /// Every line with its times; keys stand in a fixed order.
    public var json: JSONValue {
        [
            "schema": JSONValue(BenchmarkReport.schema), "environment": environment.json,
            "threads": JSONValue(request.threads), "budgetSeconds": JSONValue(request.budget),
            "results": JSONValue(works.map(json)),
        ]
    }

    private func json(_ work: TimedWork) -> JSONValue {
        [
            "kind": JSONValue(work.kind.rawValue), "name": JSONValue(work.name),
            "arithmetic": JSONValue(work.arithmetic), "unit": JSONValue(work.kind.unit),
            "unitsPerCall": JSONValue(work.units), "calls": JSONValue(work.timing.seconds.count),
            "nanosecondsPerUnit": [
                "least": JSONValue(work.nanoseconds(0)), "quarter": JSONValue(work.nanoseconds(0.25)),
                "median": JSONValue(work.nanoseconds()), "threeQuarters": JSONValue(work.nanoseconds(0.75)),
                "most": JSONValue(work.nanoseconds(1)),
            ],
        ]
    }

    public func text(_ style: TextStyle) -> String {
        var lines = [
            "\(environment.machine.processor ?? environment.machine.architecture), \(Numbers.count(request.threads, "thread")), instruction set \(environment.instructionSet.rawValue)",
            "medians of repeated calls, with the middle half of them in brackets",
        ]
        for kind in TimedWork.Kind.allCases {
            let rows = works.filter { $0.kind == kind }
            guard !rows.isEmpty else { continue }
            lines += ["", "  " + style.bold(kind.title)]
            lines += Table(keys: keys(rows), columns(kind, rows)).lines(style)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func keys(_ rows: [TimedWork]) -> [Table.Column] {
        [
            // A name stands once above its rows.
            Table.Column(
                "arithmetic", .left,
                cells: rows.enumerated().map { i, row in
                    i > 0 && rows[i - 1].arithmetic == row.arithmetic ? "" : row.arithmetic
                }), Table.Column("", .left, cells: rows.map(\.name)),
        ]
    }

    private func columns(_ kind: TimedWork.Kind, _ rows: [TimedWork]) -> [Table.Column] {
        func spread(_ value: (TimedWork, Double) -> Double) -> [String] {
            rows.map { "\(Numbers.short(value($0, 0.25)))-\(Numbers.short(value($0, 0.75)))" }
        }
        switch kind {
        case .products:
            return [
                Table.Column("ns", cells: rows.map { Numbers.short($0.nanoseconds()) }),
                Table.Column("", .left, cells: spread { $0.nanoseconds($1) }),
                Table.Column("GFLOP/s", cells: rows.map { $0.isNative ? Numbers.short(2 / $0.nanoseconds()) : "" }),
            ]
        case .functions:
            return [
                Table.Column("ns", cells: rows.map { Numbers.short($0.nanoseconds()) }),
                Table.Column("", .left, cells: spread { $0.nanoseconds($1) }),
            ]
        case .training:
            return [
                Table.Column("ms", cells: rows.map { Numbers.short($0.nanoseconds() / 1e6) }),
                Table.Column("", .left, cells: spread { $0.nanoseconds($1) / 1e6 }),
                Table.Column("steps a\nsecond", cells: rows.map { Numbers.short(1e9 / $0.nanoseconds()) }),
            ]
        }
    }
}

extension TimedWork {
    /// Does the processor itself do the operations, so that a floating-point operation is what the word means?
    fileprivate var isNative: Bool {
        guard let kind = try? ArithmeticName(arithmetic).kind else { return false }
        return kind == .binary32 || kind == .binary64
    }
}

extension TimedWork.Kind {
    fileprivate var title: String {
        switch self {
        case .products: "Products: nanoseconds a multiply-accumulate; convolutions of batch 8"
        case .functions: "Functions of arrays: nanoseconds an element; arguments to 10, of logarithms to 100"
        case .training: "Training: milliseconds a step"
        }
    }

    fileprivate var unit: String {
        switch self {
        case .products: "multiply-accumulate"
        case .functions: "element"
        case .training: "step"
        }
    }
}
