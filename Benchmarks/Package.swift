// swift-tools-version: 6.1
import PackageDescription

// A package of its own: what is measured here is built in release mode, takes minutes and gigabytes, and is no test.
let package = Package(
    name: "benchmarks",
    dependencies: [.package(name: "holdfast", path: "..")],
    targets: [
        .executableTarget(
            name: "bench",
            dependencies: [
                .product(name: "Checker", package: "holdfast"),
                .product(name: "History", package: "holdfast"),
                .product(name: "Platform", package: "holdfast"),
                .product(name: "Systems", package: "holdfast"),
                .product(name: "Workers", package: "holdfast"),
                .product(name: "Workload", package: "holdfast"),
            ],
            swiftSettings: [
                .swiftLanguageMode(.v6),
                .enableUpcomingFeature("ExistentialAny"),
                .enableUpcomingFeature("InternalImportsByDefault"),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
            ])
    ]
)
