/// Version of the arithmetic contract (Documentation/contract.md). Any change of bits raises it; traces, digests' headers and
/// JSON name it.
public let contractVersion = 1
