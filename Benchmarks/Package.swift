// swift-tools-version: 6.2
import PackageDescription

// Measurements, apart from the package they measure: `swift run -c release functions` in this folder.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [.package(name: "Lockstep", path: "..")],
    targets: [
        .executableTarget(
            name: "functions", dependencies: ["CHostVectors", .product(name: "CKernels", package: "Lockstep")]),
        .target(name: "CHostVectors"),
    ]
)
