import CKernels

/// C[i, j] = Σ over l of A(i, l) × B(l, j): m × n outputs, k terms each, over dense row-major arrays.
public struct MatmulShape: Sendable {
    public let m, n, k: Int
    /// A is stored as [k, m] instead of [m, k].
    public let transposeA: Bool
    /// B is stored as [n, k] instead of [k, n].
    public let transposeB: Bool

    public init(m: Int, n: Int, k: Int, transposeA: Bool = false, transposeB: Bool = false) {
        precondition(m >= 0 && n >= 0 && k >= 0, "negative size")
        self.m = m
        self.n = n
        self.k = k
        self.transposeA = transposeA
        self.transposeB = transposeB
    }

    /// Distance between A(i, l) and A(i + 1, l), and A(i, l) and A(i, l + 1), in elements.
    var strideA: (row: Int, column: Int) { transposeA ? (1, m) : (k, 1) }
    /// The same for B(l, j).
    var strideB: (row: Int, column: Int) { transposeB ? (1, k) : (n, 1) }
}

/// Shapes of a two-dimensional convolution: x [batch, inChannels, inHeight, inWidth],
/// w [outChannels, inChannels / groups, kernelHeight, kernelWidth], y [batch, outChannels, outHeight, outWidth].
///
/// Tap (kh, kw) of output (oh, ow) reads row oh × stride + kh - padding, columns alike. Taps outside the image are skipped.
public struct ConvolutionShape: Sendable, Hashable {
    public let batch, inChannels, inHeight, inWidth: Int
    public let outChannels, kernelHeight, kernelWidth: Int
    public let stride, padding, groups: Int

    public init(
        batch: Int, inChannels: Int, inHeight: Int, inWidth: Int, outChannels: Int, kernelHeight: Int,
        kernelWidth: Int, stride: Int = 1, padding: Int = 0, groups: Int = 1
    ) {
        precondition(stride >= 1 && padding >= 0 && groups >= 1, "stride and groups begin at 1, padding at 0")
        precondition(inChannels % groups == 0 && outChannels % groups == 0, "groups must divide the channels")
        precondition(
            inHeight + 2 * padding >= kernelHeight && inWidth + 2 * padding >= kernelWidth,
            "the kernel is larger than the padded image")
        self.batch = batch
        self.inChannels = inChannels
        self.inHeight = inHeight
        self.inWidth = inWidth
        self.outChannels = outChannels
        self.kernelHeight = kernelHeight
        self.kernelWidth = kernelWidth
        self.stride = stride
        self.padding = padding
        self.groups = groups
    }

    public var outHeight: Int { (inHeight + 2 * padding - kernelHeight) / stride + 1 }
    public var outWidth: Int { (inWidth + 2 * padding - kernelWidth) / stride + 1 }
    public var inputCount: Int { batch * inChannels * inHeight * inWidth }
    public var outputCount: Int { batch * outChannels * outHeight * outWidth }
    public var kernelCount: Int { outChannels * (inChannels / groups) * kernelHeight * kernelWidth }
    /// Multiply-accumulates of the forward pass, padding included.
    public var terms: Int { outputCount * (inChannels / groups) * kernelHeight * kernelWidth }

    var kernel: ls_convolution {
        ls_convolution(
            batch: Int64(batch), inChannels: Int64(inChannels), inHeight: Int64(inHeight), inWidth: Int64(inWidth),
            outChannels: Int64(outChannels), kernelHeight: Int64(kernelHeight), kernelWidth: Int64(kernelWidth),
            outHeight: Int64(outHeight), outWidth: Int64(outWidth), strideHeight: Int64(stride),
            strideWidth: Int64(stride), padHeight: Int64(padding), padWidth: Int64(padding), groups: Int64(groups))
    }
}

/// How the second operand of an elementwise operation repeats: element e of the first meets element (e / inner) % period.
public struct Repetition: Sendable {
    public let inner: Int
    public let period: Int

    private init(inner: Int, period: Int) {
        self.inner = inner
        self.period = period
    }

    /// Both operands have the same shape, `count` elements.
    public static func none(_ count: Int) -> Repetition { Repetition(inner: 1, period: max(1, count)) }
    /// One scalar meets every element.
    public static let scalar = Repetition(inner: 1, period: 1)
    /// One value for each position of the last axis, of `size` elements.
    public static func lastAxis(_ size: Int) -> Repetition { Repetition(inner: 1, period: max(1, size)) }
    /// One value for each of `count` blocks of `inner` elements, beginning anew after the last: a channel of [N, C, H, W]
    /// (inner H·W, count C), or a row of [R, D] (inner D, count R).
    public static func blocks(of inner: Int, count: Int) -> Repetition {
        Repetition(inner: max(1, inner), period: max(1, count))
    }

    @inlinable public func index(_ element: Int) -> Int { element / inner % period }
    var kernel: ls_broadcast { ls_broadcast(inner: Int64(inner), period: Int64(period)) }
}

/// Lists of indices, row after row: row r holds indices[offsets[r] ..< offsets[r + 1]]. Windows of a pooling layer.
///
/// The lists may stand for `copies` of themselves, each shifted by `stride` elements: the windows of one plane, for every
/// plane of a batch.
public struct IndexLists: Sendable {
    public let offsets: [Int32]
    public let indices: [Int32]
    public let copies: Int
    public let stride: Int

    public init(offsets: [Int32], indices: [Int32], copies: Int = 1, stride: Int = 0) {
        precondition(offsets.first == 0 && Int(offsets.last ?? 0) == indices.count, "offsets do not span the indices")
        self.offsets = offsets
        self.indices = indices
        self.copies = copies
        self.stride = stride
    }

    /// Each of `rows` rows of `columns` consecutive elements.
    public static func rows(_ rows: Int, columns: Int) -> IndexLists {
        IndexLists(
            offsets: [0, Int32(columns)], indices: (0..<columns).map { Int32($0) }, copies: rows, stride: columns)
    }

    /// The same lists for every plane of `copies`, `stride` elements apart.
    public func repeated(copies: Int, stride: Int) -> IndexLists {
        IndexLists(offsets: offsets, indices: indices, copies: copies, stride: stride)
    }

    /// Rows of one copy.
    public var rowsPerCopy: Int { offsets.count - 1 }
    public var rows: Int { copies * rowsPerCopy }

    /// Where row r's indices stand, and what to add to them.
    @inlinable
    public func row(_ r: Int) -> (positions: Range<Int>, shift: Int) {
        let local = r % rowsPerCopy
        return (Int(offsets[local])..<Int(offsets[local + 1]), r / rowsPerCopy * stride)
    }
}

extension IndexLists {
    /// For each position the rows whose lists hold it, in order of the rows.
    public func inverted(positions: Int) -> IndexLists {
        var counts = [Int32](repeating: 0, count: positions + 1)
        for i in indices { counts[Int(i) + 1] += 1 }
        for p in 0..<positions { counts[p + 1] += counts[p] }
        var next = counts
        var rowsOf = [Int32](repeating: 0, count: indices.count)
        for r in 0..<rowsPerCopy {
            for j in row(r).positions {
                let position = Int(indices[j])
                rowsOf[Int(next[position])] = Int32(r)
                next[position] += 1
            }
        }
        return IndexLists(offsets: counts, indices: rowsOf)
    }
}

/// Where a whole-tensor operation stands: which update it belongs to, and its ordinal among the operations of that update
/// in the order of the definition. Stochastic rounding draws by it. And how many threads may share the work, which never
/// changes a result.
public struct Site: Sendable {
    public var step: UInt64
    public var operation: UInt64
    public var threads: Int
    /// Index, in the whole result, of the first element that the operation computes here: a pass over many samples may be made
    /// in pieces, and where a rounding stands must not depend on them.
    public var firstElement = 0
    /// Work estimated below this many nanoseconds stays on the calling thread: a parallel region costs 10 to 60 µs. Tests
    /// set 0 and so split even the smallest work.
    public var leastSharedNanoseconds = 40_000.0

    public init(step: UInt64 = 0, operation: UInt64 = 0, threads: Int = 1) {
        self.step = step
        self.operation = operation
        self.threads = threads
    }
}
