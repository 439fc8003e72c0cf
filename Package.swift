// swift-tools-version: 6.2
import PackageDescription

// The rooms, from the ground up: each target imports only what stands above it in this list.
let package = Package(
    name: "Lockstep",
    platforms: [.macOS(.v26)],
    products: [
        .executable(name: "lockstep", targets: ["lockstep"]),
        .library(
            name: "Lockstep",
            targets: [
                "Arithmetics", "Tensors", "TensorFiles", "Networks", "Training", "Comparison", "GradientPDE",
                "Evaluation", "Oracle", "Perturbation", "Timing", "Reporting",
            ]),
        .library(name: "LockstepTesting", targets: ["LockstepTesting"]),
        .library(name: "CKernels", targets: ["CKernels"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // System libraries and C.
        .systemLibrary(
            name: "CMPFR", pkgConfig: "mpfr", providers: [.apt(["libmpfr-dev"]), .brew(["mpfr"])]),
        .systemLibrary(
            name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"]), .brew(["nettle"])]),
        .systemLibrary(
            name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev", "zlib1g-dev"]), .brew(["libzip"])]),
        .target(name: "CKernels", dependencies: ["CMPFR"]),
        .target(name: "CDigits"),

        // Rooms.
        .target(name: "Arithmetics", dependencies: ["CKernels", "CMPFR", "CNettle"]),
        .target(name: "Tensors", dependencies: ["Arithmetics"]),
        .target(name: "TensorFiles", dependencies: ["CZip"]),
        .target(name: "Networks", dependencies: ["Arithmetics", "Tensors"]),
        .target(
            name: "Training",
            dependencies: ["Arithmetics", "Tensors", "TensorFiles", "Networks", "CDigits", "Yams"]),
        .target(
            name: "Comparison",
            dependencies: ["CKernels", "CMPFR", "Arithmetics", "TensorFiles", "Networks", "Training"]),
        .target(name: "Perturbation", dependencies: ["Arithmetics", "TensorFiles", "Training", "Comparison"]),
        .target(
            name: "GradientPDE",
            dependencies: ["CMPFR", "Arithmetics", "Tensors", "TensorFiles", "Networks", "Training", "Comparison"]),
        .target(
            name: "Oracle",
            dependencies: ["Arithmetics", "Tensors", "TensorFiles", "Networks", "Training", "Comparison"]),
        .target(
            name: "Evaluation",
            dependencies: ["Arithmetics", "Tensors", "TensorFiles", "Training", "Comparison"]),
        .target(name: "Timing", dependencies: ["Arithmetics", "Tensors", "Networks", "Training"]),
        .target(
            name: "Reporting",
            dependencies: [
                "CMPFR", "Arithmetics", "Networks", "TensorFiles", "Training", "Comparison", "GradientPDE", "Oracle",
                "Evaluation", "Perturbation", "Timing",
            ]),
        .target(
            name: "LockstepTesting",
            dependencies: ["Arithmetics", "TensorFiles", "Training", "Comparison", "Oracle"]),
        .executableTarget(
            name: "lockstep",
            dependencies: [
                "CKernels", "Arithmetics", "TensorFiles", "Training", "Comparison", "GradientPDE", "Oracle", "Evaluation",
                "Perturbation", "Timing",
                "Reporting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),

        // Tests mirror Sources.
        .target(name: "SweepSupport", dependencies: ["CKernels", "CMPFR"], path: "Tests/SweepSupport"),
        .testTarget(name: "CKernelsTests", dependencies: ["SweepSupport", "CKernels", "CMPFR"]),
        .target(name: "LawSupport", dependencies: ["Arithmetics", "CMPFR"], path: "Tests/LawSupport"),
        .target(name: "CFaultyHost", dependencies: ["CKernels"], path: "Tests/CFaultyHost"),
        .testTarget(name: "ArithmeticsTests", dependencies: ["LawSupport", "CFaultyHost", "Arithmetics", "CMPFR"]),
        .testTarget(name: "TensorsTests", dependencies: ["LawSupport", "Arithmetics", "Tensors"]),
        .testTarget(name: "TensorFilesTests", dependencies: ["TensorFiles"]),
        .testTarget(name: "NetworksTests", dependencies: ["LawSupport", "Arithmetics", "Tensors", "Networks"]),
        .testTarget(
            name: "TrainingTests",
            dependencies: [
                "CFaultyHost", "Arithmetics", "LawSupport", "Tensors", "Networks", "Training", "TensorFiles",
                "Comparison",
            ]),
        .testTarget(name: "ComparisonTests", dependencies: ["Arithmetics", "Comparison", "Training"]),
        .testTarget(
            name: "PerturbationTests", dependencies: ["Arithmetics", "Comparison", "Perturbation", "Training"]),
        .testTarget(
            name: "GradientPDETests",
            dependencies: [
                "Arithmetics", "Tensors", "TensorFiles", "Networks", "Training", "Comparison", "GradientPDE",
            ]),
        .testTarget(name: "EvaluationTests", dependencies: ["Arithmetics", "Evaluation"]),
        .testTarget(
            name: "OracleTests",
            dependencies: ["Arithmetics", "Comparison", "Networks", "Oracle", "Tensors", "Training", "TensorFiles"]),
        .testTarget(name: "TimingTests", dependencies: ["Arithmetics", "Networks", "Training", "Timing"]),
        .testTarget(
            name: "ReportingTests",
            dependencies: ["Arithmetics", "TensorFiles", "Training", "Comparison", "Oracle", "Timing", "Reporting"]),
        .testTarget(
            name: "LockstepTestingTests", dependencies: ["LockstepTesting", "Oracle", "Training"]),
        .testTarget(name: "lockstepTests", dependencies: ["lockstep", "Arithmetics", "TensorFiles"]),
    ]
)
