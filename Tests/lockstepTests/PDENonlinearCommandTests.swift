import Arithmetics
import Foundation
import TensorFiles
import Testing

@Suite struct PDENonlinearCommandTests {
    private let small = [
        "pde", "nonlinear", "--image", "8", "--kernel", "3", "--alpha", "0.2", "--lr", "2,8.5", "-a", "double",
        "--steps",
        "30",
    ]

    @Test func theWholeResultIsInJSONAndInFiles() throws {
        let place = try Workplace()
        let result = try place.run(
            small + ["--every", "10", "--ladder", "24,40", "--ladder-steps", "30", "--ladder-lr", "8.5"]
                + ["--json", "r.json", "--save", "out"])
        #expect(result.status == 0 && result.errors == "", "\(result.errors)")
        #expect(result.output.contains("borne out"))
        let isPlain = result.output.allSatisfy { $0.isASCII }
        #expect(isPlain)
        let json = try place.json("r.json")
        #expect(json["schema"]?.string == "lockstep.pde.nonlinear/1")
        #expect(json["problem"]?["alpha"]?.string == "0.2" && json["problem"]?["k"]?.array?.count == 2)
        #expect(json["fixedPoints"]?["points"]?.array?.count == 3 && json["fixedPoints"]?["proved"]?.bool == true)
        let trajectories = try #require(json["trajectories"]?.array)
        #expect(trajectories.count == 2 && json["predictions"]?.array?.count == 2)
        for trajectory in trajectories {
            let records = try #require(trajectory["records"]?.array)
            #expect(records.map { $0["step"]?.int } == [0, 10, 20, 30])
            for name in ["totalLoss", "crossEntropy", "projection", "squaredNorm"] {
                let value = try #require(records[3][name])
                let hex = try #require(value["hex"]?.string.flatMap { ExactValue(hexadecimal: $0) })
                let decimal = try #require(value["decimal"]?.string.flatMap(Double.init))
                #expect(hex.double == decimal, "\(name)")
            }
            let copy = try #require(trajectory["copies"]?[0])
            #expect(copy["k"]?.int == 3 && copy["steps"]?.array?.count == 4)
            // Total loss = cross-entropy + α/2·‖K‖², by plain arithmetic.
            func number(_ name: String) -> Double { records[1][name]?["decimal"]?.string.flatMap(Double.init) ?? .nan }
            #expect(abs(number("totalLoss") - number("crossEntropy") - 0.1 * number("squaredNorm")) < 1e-12)
        }
        #expect(json["ladders"]?[0]?["network"]?["rungs"]?.array?.count == 2)
        #expect(result.output.contains("lr 8.5: first step off by 1.0%, against 140 bits"))
        let table = try String(contentsOfFile: place.path("out/trajectories.csv"), encoding: .utf8)
        #expect(table.split(separator: "\n").count == 1 + 2 * 4)
        #expect(table.hasPrefix("lr,arithmetic,step,total_loss,cross_entropy,projection,squared_norm,relative_l1_k3,"))
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path("out")).sorted()
        for name in [
            "bifurcation.csv", "bifurcation.svg", "ladder.csv", "ladder.png", "loss-double.svg",
            "relative-l1-double.svg",
            "kernel-lr8.5-double.safetensors",
        ] {
            #expect(files.contains(name), "\(files)")
        }
    }

    @Test func layersClassesAndThreadsGiveTheSameResult() throws {
        let place = try Workplace()
        func trajectories(_ arguments: [String]) throws -> JSONValue? {
            _ = try place.run(small + ["-a", "half", "-q", "--json", "r.json"] + arguments)
            let json = try place.json("r.json")
            return json["trajectories"]?.array.map { list in
                JSONValue(
                    list.map { one in
                        var object = one.object ?? JSONObject()
                        object["method"] = .null
                        return JSONValue(object)
                    })
            }
        }
        let classes = try trajectories(["--threads", "1"])
        #expect(classes != nil)
        #expect(try trajectories(["--every-position", "--threads", "3"]) == classes)
    }

    /// A run that goes on from the kernel another one saved makes the same steps.
    @Test func aKernelFromAFileIsTheStart() throws {
        let place = try Workplace()
        func run(_ arguments: [String]) throws -> JSONValue {
            let base = [
                "pde", "nonlinear", "--image", "8", "--kernel", "3", "--alpha", "0.2", "--lr", "8.5", "-a", "double",
            ]
            _ = try place.run(base + ["-q", "--json", "r.json"] + arguments)
            return try place.json("r.json")
        }
        let whole = try run(["--steps", "12"])
        _ = try run(["--steps", "5", "--save", "out"])
        let rest = try run(["--steps", "7", "--init-from", "out/kernel-lr8.5-double.safetensors"])
        func last(_ json: JSONValue) -> JSONValue? { json["trajectories"]?[0]?["records"]?.array?.last?["totalLoss"] }
        #expect(last(whole) != nil && last(whole) == last(rest))
    }

    @Test func unusableOptionsAreToldInOneLine() throws {
        let place = try Workplace()
        let cases: [(arguments: [String], says: String)] = [
            (["--preset", "big"], "preset: \"big\" is none of published, small"),
            (["--image", "4", "--kernel", "5"], "kernel: a side of 5 does not fit an image of 4"),
            (["--lr", "fast"], "lr: \"fast\" is not a decimal or a quotient"),
            (["--lr", "-1"], "lr: -1 is not above 0"),
            (["--alpha", "0"], "alpha: 0 is not above 0"),
            (["--lr", "1e-300", "-a", "half"], "lr: 1e-300 is 0 on the grid"),
            (["--k", "0"], "k: \"0\" is not a whole number from 1"),
            (["--ladder-steps", "5"], "ladder-steps: wants --ladder BITS beside it"),
            (["--ladder", "53,24"], "ladder: 24 does not rise above the bits before it"),
            (["--init-from", "none.npy"], "none.npy"),
            (["-a", "half,master=float"], "master= is for training"),
        ]
        for (arguments, says) in cases {
            let result = try place.run(["pde", "nonlinear"] + arguments)
            #expect(result.complaint?.contains(says) == true, "\(arguments): \(result.errors)")
        }
        #expect(try place.names() == [])
    }
}
