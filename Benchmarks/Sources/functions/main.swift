// What correct rounding costs: nanoseconds per element of every elementary function, beside the host's library.

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

let arguments = CommandLine.arguments.dropFirst()
let repetitions = arguments.isEmpty ? 101 : Int(arguments.first!) ?? 0
guard arguments.count <= 1, repetitions >= 3 else {
    fputs(
        "functions: REPETITIONS is a number of at least 3 (101 unless given), not \"\(arguments.joined(separator: " "))\"\n",
        stderr)
    exit(2)
}

func show<F: Format>(_ f: Function, _ format: F.Type) {
    guard let row = row(f, format, repetitions: repetitions) else {
        fputs("functions: \(f.name) in \(format) is not what MPFR says; nothing measured\n", stderr)
        exit(1)
    }
    print(
        "| \(f.name) | \(f.arguments.lowerBound) … \(f.arguments.upperBound) | "
            + row.map(\.text).joined(separator: " | ") + " |")
}

print("ns per element, median of \(repetitions) repetitions of 16384 arguments (middle half)")
for format in ["float", "double"] {
    print(
        "\n| \(format) | arguments | one by one | array | host library | MPFR |\n| --- | --- | --- | --- | --- | --- |")
    for f in Function.all {
        if format == "float" { show(f, Float.self) } else { show(f, Double.self) }
    }
}
