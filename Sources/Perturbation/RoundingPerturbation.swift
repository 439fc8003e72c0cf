import Arithmetics
import Training

/// One way to train the same network that differs by rounding alone, or by less.
public enum RoundingPerturbation: Hashable, Sendable, CustomStringConvertible {
    /// The step of Sun et al., w ← w - (η × k) × (d ÷ k): equal for every k in exact arithmetic. k = 1 is the study itself.
    case factor(Int)
    /// One weight becomes its neighbour away from zero, once.
    case flip(Flip)
    /// Sums and dot products in another order.
    case reduction(Reduction)
    /// Every rounding in another direction, or at random.
    case rounding(RoundingDirection)
    /// Another number of threads, which must change nothing.
    case threads(Int)

    public struct Flip: Hashable, Sendable {
        public let tensor: String
        /// Row-major index.
        public let element: Int
        /// Updates made before it.
        public let step: Int

        public init(tensor: String, element: Int, step: Int) {
            self.tensor = tensor
            self.element = element
            self.step = step
        }
    }

    public static let forms = "k=3, flip=fc1.weight[0]@1, reduction=pairwise, round=up, round=stochastic:1, threads=2"

    /// - Throws: `StudyError` for a text of none of the `forms`.
    public init(_ text: String) throws(StudyError) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count == 2 ? parts[1] : ""
        switch parts[0] {
        case "k":
            guard let k = Int(value), (1...Int(Int32.max)).contains(k) else {
                throw RoundingPerturbation.malformed(text)
            }
            self = .factor(k)
        case "threads":
            guard let threads = Int(value), (1...256).contains(threads) else {
                throw RoundingPerturbation.malformed(text)
            }
            self = .threads(threads)
        case "reduction", "round":
            let name: ArithmeticName
            do { name = try ArithmeticName("float,\(text)") } catch { throw StudyError("perturb: \(error)") }
            self = parts[0] == "round" ? .rounding(name.direction) : .reduction(name.reduction)
        case "flip":
            guard let flip = Flip(value) else { throw RoundingPerturbation.malformed(text) }
            self = .flip(flip)
        default: throw RoundingPerturbation.malformed(text)
        }
    }

    private static func malformed(_ text: String) -> StudyError {
        StudyError("perturb: \"\(text)\" is no perturbation; such are \(forms)")
    }

    public var description: String {
        switch self {
        case .factor(let k): "k=\(k)"
        case .flip(let flip): "flip=\(flip.tensor)[\(flip.element)]@\(flip.step)"
        case .reduction(let reduction): "reduction=\(reduction)"
        case .rounding(let direction): "round=\(direction)"
        case .threads(let count): "threads=\(count)"
        }
    }

    /// The study that the perturbed run trains.
    public func applied(to study: Study) -> Study {
        var study = study
        guard case .some(let name) = study.arithmetics.first else { return study }
        switch self {
        case .factor(let k): study.optimizer.k = k
        case .reduction(let reduction): study.arithmetics = [name.with(reduction: reduction)]
        case .rounding(let direction): study.arithmetics = [name.with(direction: direction)]
        case .flip, .threads: break
        }
        return study
    }
}

extension RoundingPerturbation.Flip {
    /// `TENSOR[ELEMENT]@STEP`.
    init?(_ text: String) {
        let halves = text.split(separator: "@", omittingEmptySubsequences: false)
        guard halves.count == 2, let step = Int(halves[1]), step >= 0, halves[0].hasSuffix("]"),
            let bracket = halves[0].lastIndex(of: "["), bracket > halves[0].startIndex,
            let element = Int(halves[0][halves[0].index(after: bracket)...].dropLast()), element >= 0
        else { return nil }
        self.init(tensor: String(halves[0][..<bracket]), element: element, step: step)
    }
}

extension ArithmeticName {
    fileprivate func with(reduction: Reduction? = nil, direction: RoundingDirection? = nil) -> ArithmeticName {
        ArithmeticName(
            kind, reduction: reduction ?? self.reduction, accumulate: accumulate, master: master,
            direction: direction ?? self.direction, overflow: overflow)
    }
}
