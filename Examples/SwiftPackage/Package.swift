// swift-tools-version: 6.2
import PackageDescription

// A package whose tests take Lockstep as their oracle. Its library knows nothing of it.
let package = Package(
    name: "Descent",
    platforms: [.macOS(.v26)],
    products: [.library(name: "Descent", targets: ["Descent"])],
    dependencies: [
        // Elsewhere: .package(url: "…", from: "0.1.0")
        .package(name: "Lockstep", path: "../..")
    ],
    targets: [
        .target(name: "Descent"),
        .testTarget(
            name: "DescentTests",
            dependencies: ["Descent", .product(name: "LockstepTesting", package: "Lockstep")],
            exclude: ["Golden"]),
    ]
)
