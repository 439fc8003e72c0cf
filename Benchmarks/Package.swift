// swift-tools-version: 6.2
import PackageDescription

// Measurements, apart from the package they measure: `swift package benchmark` in this folder. See README.md.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v26)],
    dependencies: [
        .package(name: "Lockstep", path: ".."),
        // Without its interposers: allocations are not what is measured, and they would slow them down.
        .package(url: "https://github.com/ordo-one/benchmark", exact: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "LockstepBenchmarks",
            dependencies: [
                "CHostVectors", .product(name: "CKernels", package: "Lockstep"),
                .product(name: "Lockstep", package: "Lockstep"), .product(name: "Benchmark", package: "benchmark"),
            ], path: "Benchmarks/LockstepBenchmarks", plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .target(name: "CHostVectors"),
    ]
)
