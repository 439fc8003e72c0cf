import Arithmetics
import TensorFiles
import Training

/// The tensors of an operation as its user has them: read from files, or handed over in memory.
public struct OperationTensors: Sendable {
    /// Tensors under their own names, with what messages call the whole.
    public struct Source: Sendable {
        public let title: String
        public let archive: TensorArchive

        public init(_ title: String, _ archive: TensorArchive) {
            self.title = title
            self.archive = archive
        }

        /// - Throws: `FileError`.
        public init(contentsOf path: String) throws(FileError) { self.init(path, try TensorArchive.read(path)) }
    }

    /// The operands by name (`x`, `w`, `b`, `a`, `z`, `labels`).
    public var inputs: Source
    /// `y`, or one tensor.
    public var output: Source?
    /// `g`, the gradient arriving at y, and any of `dx`, `dw`, … for the operands.
    public var gradients: Source?

    public init(inputs: Source, output: Source? = nil, gradients: Source? = nil) {
        self.inputs = inputs
        self.output = output
        self.gradients = gradients
    }

    /// Reads the files that a request names.
    ///
    /// - Throws: `FileError`.
    init(filesOf request: OperationRequest) throws(FileError) {
        inputs = try Source(contentsOf: request.inputs)
        if let path = request.output { output = try Source(contentsOf: path) }
        if let path = request.gradients { gradients = try Source(contentsOf: path) }
    }
}
