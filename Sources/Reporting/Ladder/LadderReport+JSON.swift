import Arithmetics
import Comparison
import TensorFiles
import Training

// Schema lockstep.ladder/1, by the rules of lockstep.compare/1.

extension LadderReport {
    public static let schema = "lockstep.ladder/1"

    public var json: JSONValue {
        var object = JSONObject()
        object["schema"] = JSONValue(LadderReport.schema)
        object["contract"] = JSONValue(contractVersion)
        object["study"] = study.json
        object["environment"] = environment.json
        object["trustSteps"] = JSONValue(trustSteps)
        object["result"] = result
        object["resultDigest"] = isInterrupted ? .null : JSONValue(Digest.hexadecimal(of: deterministic.encoded()))
        object["interrupted"] = JSONValue(isInterrupted)
        return JSONValue(object)
    }

    /// What the study and the ladder alone determine: what two machines compare.
    private var deterministic: JSONValue {
        ["contract": JSONValue(contractVersion), "study": study.portableJSON, "result": result]
    }

    private var result: JSONValue {
        var object = JSONObject()
        object["reference"] = JSONValue(findings.reference)
        object["threshold"] = JSONValue(findings.threshold)
        object["steps"] = JSONValue(findings.step)
        object["blowUp"] = findings.blowUp.map { JSONValue($0) } ?? .null
        object["rungs"] = JSONValue(
            zip(ladder.rungs, findings.rungs).map { rung, found in
                [
                    "bits": JSONValue(rung.bits), "delay": rung.delay.map { JSONValue($0) } ?? .null,
                    "steps": JSONValue(rung.steps), "largestError": rung.largestError.json,
                    "errors": JSONValue(found.errors.map { JSONValue($0) }),
                ]
            })
        object["verdict"] = JSONValue(ladder.verdict.rawValue)
        object["fit"] = ladder.fit.map(\.json) ?? .null
        object["bitsNeeded"] = ladder.bitsNeeded(toTrust: trustSteps).map(\.json) ?? .null
        object["constantBits"] = ladder.constantBits.map { JSONValue($0) } ?? .null
        object["amplificationExponent"] = findings.amplificationExponent.map(\.json) ?? .null
        object["lyapunovExponent"] = findings.lyapunovExponent.map(\.json) ?? .null
        object["amplifications"] = JSONValue(findings.amplifications.map { JSONValue($0) })
        object["tangentAmplifications"] = JSONValue(findings.tangentAmplifications.map { JSONValue($0) })
        return JSONValue(object)
    }
}

extension Optional where Wrapped == Double {
    fileprivate var json: JSONValue { map { JSONValue($0) } ?? .null }
}

extension GrowthExponent {
    var json: JSONValue { ["value": JSONValue(value), "low": JSONValue(low), "high": JSONValue(high)] }
}

extension LadderFit {
    public var json: JSONValue {
        [
            "regression": regression.json, "increments": increments.json, "intercept": JSONValue(intercept),
            "scatter": scatter.json,
        ]
    }
}

extension LadderFit.Estimate {
    fileprivate var json: JSONValue {
        [
            "slope": JSONValue(slope), "slopeLow": slopeLow.json, "slopeHigh": slopeHigh.json,
            "exponent": JSONValue(exponent), "exponentLow": exponentLow.json, "exponentHigh": exponentHigh.json,
        ]
    }
}

extension BitsNeeded {
    public var json: JSONValue {
        [
            "steps": JSONValue(steps), "perStep": JSONValue(perStep), "offset": JSONValue(offset),
            "expected": JSONValue(expected), "sure": sure.map { JSONValue($0) } ?? .null,
        ]
    }
}
