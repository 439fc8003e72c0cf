import TensorFiles

/// What is wrong with the way a data set is asked for or used, and what would be right; always one line.
///
/// What is wrong inside a file is a `FileError`.
public struct DataError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The option, specification or data set concerned, as the user wrote it.
    public let place: String
    public let problem: String
    public let remedy: String?

    public init(_ place: String, _ problem: String, remedy: String? = nil) {
        self.place = place
        self.problem = problem
        self.remedy = remedy
    }

    public var description: String { FileError(path: place, problem: problem, remedy: remedy).description }
}
