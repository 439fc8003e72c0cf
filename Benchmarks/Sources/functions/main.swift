// What correct rounding costs: nanoseconds per element of every elementary function, beside the host's library.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

func fail(_ message: String, code: Int32) -> Never {
    let line = "functions: \(message)\n"
    _ = write(STDERR_FILENO, line, line.utf8.count)
    exit(code)
}

let arguments = CommandLine.arguments.dropFirst()
let repetitions = arguments.isEmpty ? 101 : Int(arguments.first!) ?? 0
guard arguments.count <= 1, repetitions >= 3 else {
    let given = arguments.joined(separator: " ")
    fail("REPETITIONS is a number of at least 3 (101 unless given), not \"\(given)\"", code: 2)
}

func show<F: Format>(_ f: Function, _ format: F.Type) {
    guard let row = row(f, format, repetitions: repetitions) else {
        fail("\(f.name) in \(format) is not what MPFR says; nothing measured", code: 1)
    }
    let range = "\(f.arguments.lowerBound) … \(f.arguments.upperBound)"
    print("| \(f.name) | \(range) | " + row.cells.joined(separator: " | ") + " |")
}

print("ns per element, least of \(repetitions) repetitions of 16384 arguments (median)")
for format in ["float", "double"] {
    print(
        "\n| \(format) | arguments | one by one | array | host library | MPFR | host vectors | ratio |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
    )
    for f in Function.all {
        if format == "float" { show(f, Float.self) } else { show(f, Double.self) }
    }
}
