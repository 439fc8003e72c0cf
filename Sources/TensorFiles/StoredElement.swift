/// A Swift type whose values are the elements of one `ElementType`, bit for bit.
public protocol StoredElement: Sendable {
    associatedtype StoredBits: FixedWidthInteger & UnsignedInteger & BitwiseCopyable
    static var elementType: ElementType { get }
    /// The encoding of the value.
    var storedBits: StoredBits { get }
}

extension Bool: StoredElement {
    public static var elementType: ElementType { .bool }
    public var storedBits: UInt8 { self ? 1 : 0 }
}

extension UInt8: StoredElement {
    public static var elementType: ElementType { .uint8 }
    public var storedBits: UInt8 { self }
}

extension Int8: StoredElement {
    public static var elementType: ElementType { .int8 }
    public var storedBits: UInt8 { UInt8(bitPattern: self) }
}

extension UInt16: StoredElement {
    public static var elementType: ElementType { .uint16 }
    public var storedBits: UInt16 { self }
}

extension Int16: StoredElement {
    public static var elementType: ElementType { .int16 }
    public var storedBits: UInt16 { UInt16(bitPattern: self) }
}

extension UInt32: StoredElement {
    public static var elementType: ElementType { .uint32 }
    public var storedBits: UInt32 { self }
}

extension Int32: StoredElement {
    public static var elementType: ElementType { .int32 }
    public var storedBits: UInt32 { UInt32(bitPattern: self) }
}

extension UInt64: StoredElement {
    public static var elementType: ElementType { .uint64 }
    public var storedBits: UInt64 { self }
}

extension Int64: StoredElement {
    public static var elementType: ElementType { .int64 }
    public var storedBits: UInt64 { UInt64(bitPattern: self) }
}

extension Int: StoredElement {
    public static var elementType: ElementType { .int64 }
    public var storedBits: UInt64 { UInt64(bitPattern: Int64(self)) }
}

extension Float: StoredElement {
    public static var elementType: ElementType { .float32 }
    public var storedBits: UInt32 { bitPattern }
}

extension Double: StoredElement {
    public static var elementType: ElementType { .float64 }
    public var storedBits: UInt64 { bitPattern }
}
