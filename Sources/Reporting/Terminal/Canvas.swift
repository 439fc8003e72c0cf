/// Dots on a page of characters: 2 × 4 a character in braille, one a character in ASCII.
struct Canvas {
    /// In dots.
    let width: Int
    let height: Int
    private let isBraille: Bool
    private let columns: Int
    /// Dot pattern of each character.
    private var patterns: [UInt8]
    /// Number of the curve that drew last in each character.
    private var owners: [Int?]

    init(columns: Int, rows: Int, braille: Bool) {
        isBraille = braille
        self.columns = columns
        width = braille ? 2 * columns : columns
        height = braille ? 4 * rows : rows
        patterns = [UInt8](repeating: 0, count: columns * rows)
        owners = [Int?](repeating: nil, count: columns * rows)
    }

    /// Bit of each dot of a braille character, by row and column (Unicode standard, block "Braille Patterns").
    private static let bits: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]

    /// y counts from the top; dots outside are dropped.
    mutating func dot(_ x: Int, _ y: Int, owner: Int) {
        guard (0..<width).contains(x), (0..<height).contains(y) else { return }
        let cell = isBraille ? y / 4 * columns + x / 2 : y * columns + x
        patterns[cell] |= isBraille ? Canvas.bits[y % 4][x % 2] : 1
        owners[cell] = owner
    }

    /// Bresenham's line.
    mutating func line(from a: (x: Int, y: Int), to b: (x: Int, y: Int), owner: Int) {
        let (dx, dy) = (abs(b.x - a.x), abs(b.y - a.y))
        let (sx, sy) = (a.x < b.x ? 1 : -1, a.y < b.y ? 1 : -1)
        var (x, y, error) = (a.x, a.y, dx - dy)
        while true {
            dot(x, y, owner: owner)
            if x == b.x && y == b.y { return }
            let twice = 2 * error
            if twice > -dy {
                error -= dy
                x += sx
            }
            if twice < dx {
                error += dx
                y += sy
            }
        }
    }

    /// The characters of one row, and which curve each belongs to. ASCII shows curves by their marks.
    func row(_ row: Int, marks: [Character]) -> [(character: Character, owner: Int?)] {
        (0..<columns).map { column in
            let cell = row * columns + column
            guard let owner = owners[cell] else { return (" ", nil) }
            guard isBraille else { return (marks[owner % marks.count], owner) }
            return (Character(Unicode.Scalar(0x2800 + UInt32(patterns[cell])) ?? " "), owner)
        }
    }
}
