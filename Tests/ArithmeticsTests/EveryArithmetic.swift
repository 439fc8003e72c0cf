import Foundation

/// Names of arithmetics for laws that all of them must obey.
enum EveryArithmetic {
    /// Runs beyond a few seconds: set LOCKSTEP_LONG to any text to have them.
    static let long = ProcessInfo.processInfo.environment["LOCKSTEP_LONG"] != nil

    static let directions = ["", ",round=zero", ",round=up", ",round=down", ",round=stochastic:7"]
    static let reductions = ["sequential", "pairwise", "blocked:3", "kahan", "exact"]
    /// A format, and the overflow rule that stands at the end of its name.
    static let formats = [
        ("float", ""), ("double", ""), ("half", ""), ("bfloat16", ""), ("tf32", ""), ("fp8-e5m2", ""),
        ("fp8-e4m3", ""), ("fp8-e4m3", ",overflow=saturate"), ("mpfr:70", ""), ("mpfr:24@binary32", ""),
        ("mpfr:4@fp8-e4m3", ",overflow=saturate"),
    ]

    /// Every format in every direction, with one reduction each in turn; with every reduction in the long run.
    static let names: [String] = directions.indices.flatMap { d in
        formats.indices.flatMap { f in
            (long ? Array(reductions.indices) : [(d + f) % reductions.count]).map { r in
                "\(formats[f].0),reduction=\(reductions[r])\(directions[d])\(formats[f].1)"
            }
        }
    }

    private static let mixed = [
        ("bfloat16", "float", ""), ("fp8-e4m3", "half", ",overflow=saturate"), ("half", "mpfr:64", ""),
        ("tf32", "double", ""), ("mpfr:5@fp8-e5m2", "mpfr:11@binary16", ""),
    ]
    static let accumulating: [String] = directions.indices.flatMap { d in
        mixed.indices.flatMap { f in
            (long ? Array(reductions.indices) : [(d + f) % reductions.count]).map { r in
                let (narrow, wide, rule) = mixed[f]
                return "\(narrow),reduction=\(reductions[r]),accumulate=\(wide)\(directions[d])\(rule)"
            }
        }
    }
}
