/// Version of the arithmetic contract (Documentation/contract.md). Any change of bits raises it; traces, digests' headers and
/// JSON name it.
public let contractVersion = 1

/// Version of the project: Semantic Versioning, see CHANGELOG.md.
public let projectVersion = "0.1.0"
