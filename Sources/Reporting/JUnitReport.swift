/// A JUnit report, which CI systems show: a suite of named cases, each passed, failed or skipped.
///
/// - Source: the schema that Jenkins and GitLab read: testsuites, testsuite, testcase, failure, skipped.
struct JUnitReport {
    enum Outcome {
        case passed
        case failed(String)
        case skipped(String)
    }

    /// `lockstep diff`.
    let suite: String
    /// What the cases' names stand under: `lockstep.diff`.
    let className: String
    var cases: [(name: String, outcome: Outcome)] = []

    init(suite: String, className: String) {
        self.suite = suite
        self.className = className
    }

    mutating func add(_ name: String, _ outcome: Outcome) { cases.append((name, outcome)) }

    var text: String {
        var (failures, skipped) = (0, 0)
        var lines: [String] = []
        for one in cases {
            let head = "    <testcase classname=\"\(escaped(className))\" name=\"\(escaped(one.name))\""
            switch one.outcome {
            case .passed: lines.append(head + "/>")
            case .failed(let message):
                failures += 1
                lines.append(head + "><failure message=\"\(escaped(message))\"/></testcase>")
            case .skipped(let message):
                skipped += 1
                lines.append(head + "><skipped message=\"\(escaped(message))\"/></testcase>")
            }
        }
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites \(counts)>
              <testsuite name="\(escaped(suite))" \(counts)>
            \(lines.joined(separator: "\n"))
              </testsuite>
            </testsuites>

            """
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            // XML 1.0 has no other control characters.
            case let control where control.value < 32: result += " "
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
