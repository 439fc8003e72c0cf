import Oracle
import TensorFiles

extension CheckReport {
    /// The check as a JUnit report, which CI systems show: a test case for each thing judged, tensor by tensor.
    ///
    /// - Source: the schema that Jenkins and GitLab read: testsuites, testsuite, testcase, failure, skipped.
    public var junit: String {
        var cases: [String] = []
        var (failures, skipped) = (0, 0)
        for row in worstOfEach {
            let name = "\(row.subject.rawValue) \(row.tensor)"
            let head = "    <testcase classname=\"lockstep.oracle\" name=\"\(escaped(name))\""
            let sentence = escaped(CheckReport.sentence(row, findings.limits))
            switch row.verdict {
            case .agrees: cases.append(head + "/>")
            case .differs:
                failures += 1
                cases.append(head + "><failure message=\"\(sentence)\"/></testcase>")
            case .undetermined:
                skipped += 1
                cases.append(head + "><skipped message=\"\(sentence)\"/></testcase>")
            }
        }
        // The verdict is a case of its own: it may be undetermined although no tensor is, and it names the likely reason.
        let reason =
            findings.explanation.map { "\($0.name): \($0.sentence)" }
            ?? findings.reasons.first ?? "\(failures) tensors differ by more than rounding"
        let head = "    <testcase classname=\"lockstep.oracle\" name=\"verdict\""
        switch findings.verdict {
        case .agrees: cases.append(head + "/>")
        case .differs:
            failures += 1
            cases.append(head + "><failure message=\"\(escaped(reason))\"/></testcase>")
        case .undetermined:
            skipped += 1
            cases.append(head + "><skipped message=\"\(escaped(reason))\"/></testcase>")
        }
        let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"0\" skipped=\"\(skipped)\""
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <testsuites \(counts)>
              <testsuite name="lockstep oracle check" \(counts)>
            \(cases.joined(separator: "\n"))
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
