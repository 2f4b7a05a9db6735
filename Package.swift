// swift-tools-version: 6.1
import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func part(_ name: String, _ dependencies: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, exclude: exclude, swiftSettings: settings)
}

let package = Package(
    name: "holdfast",
    products: [
        .executable(name: "holdfast", targets: ["holdfast"]),
        // Loaded into servers whose fsyncs a fault slows down; found beside the executable.
        .library(name: "HoldfastPreload", type: .dynamic, targets: ["CPreload"]),
        // For Benchmarks, a package of its own.
        .library(name: "Checker", targets: ["Checker"]),
        .library(name: "History", targets: ["History"]),
        .library(name: "Platform", targets: ["Platform"]),
        .library(name: "Systems", targets: ["Systems"]),
        .library(name: "Workers", targets: ["Workers"]),
        .library(name: "Workload", targets: ["Workload"]),
    ],
    targets: [
        // C: what Swift's Glibc module does not show, a checksum, and libraries of the distribution.
        .target(name: "CLinux"),
        .target(name: "CChecksum"),
        // In no target's dependencies: nothing of Holdfast's own is to be slowed down. It needs nothing of Swift, and
        // these flags keep Swift's libraries from being linked all the same: a server that loads it would load them, too.
        .target(
            name: "CPreload",
            linkerSettings: [
                .unsafeFlags([
                    "-nostartfiles", "-no-toolchain-stdlib-rpath", "-enable-experimental-feature", "Embedded",
                ])
            ]),
        .systemLibrary(name: "CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CRDKafka", pkgConfig: "rdkafka", providers: [.apt(["librdkafka-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),

        // What happened, and what it means: pure, of no broker and no clock.
        part("History", ["CChecksum"], exclude: ["FORMAT.md"]),
        part("Checker", ["CChecksum", "History"]),
        part("Report", ["Checker", "History"]),

        // What makes it happen.
        part("Platform", ["CLinux"]),
        part("Documents", ["CYAML"]),
        part("Workload", ["History", "CChecksum"]),
        part("Workers", ["Access", "Workload", "History", "Platform"]),
        // Whom a cluster that is not Holdfast's own is reached as: its file, its secrets, TLS.
        part("Access", ["Platform", "Documents", "COpenSSL"]),
        part("Labs", ["Access", "Platform"]),
        part(
            "Systems",
            [
                "Access", "Labs", "Workers", "Workload", "History", "Documents", "Platform", "CChecksum", "CHiredis",
                "CRDKafka",
            ]),
        part("Faults", ["Access", "Systems", "Labs", "Documents", "Platform", "Workload", "CChecksum"]),
        part("Suites", ["Faults", "Systems", "Labs", "Workload", "Documents", "Report"]),
        part(
            "Orchestrator",
            [
                "Suites", "Faults", "Systems", "Access", "Labs", "Workers", "Workload", "Report", "Checker", "History",
                "Platform",
            ]),
        .executableTarget(
            name: "holdfast",
            dependencies: [
                "Orchestrator", "Suites", "Faults", "Systems", "Access", "Labs", "Workers", "Workload", "Report",
                "Checker",
                "History", "Documents", "Platform",
            ],
            swiftSettings: settings),

        // What tests of the whole program share: starting it, and seeing what it leaves.
        .target(
            name: "TestSupport", dependencies: ["Platform"], path: "Tests/Support", swiftSettings: settings),

        tests("History", ["History"]),
        tests("Checker", ["Checker", "History"], exclude: ["Vectors"]),
        tests("Report", ["Report", "Checker", "History"], exclude: ["Snapshots"]),
        tests("Platform", ["Platform"]),
        tests("Documents", ["Documents"]),
        tests("Workload", ["Workload", "History"]),
        tests("Workers", ["Workers", "Workload", "History", "Platform"]),
        tests("Access", ["Access", "Documents", "Platform"]),
        tests("Labs", ["Labs", "Platform"]),
        // The client library's own mock of a cluster: for its error paths.
        .systemLibrary(
            name: "CRDKafkaMock", path: "Tests/CRDKafkaMock", pkgConfig: "rdkafka",
            providers: [.apt(["librdkafka-dev"])]),
        tests(
            "Systems",
            [
                "Systems", "Labs", "Workers", "Workload", "History", "Documents", "Platform", "CRDKafka",
                "CRDKafkaMock",
            ]),
        tests("Faults", ["Faults", "Systems", "Documents", "Platform"]),
        tests("Suites", ["Suites", "Faults", "Systems", "Workload", "Documents", "Report"]),
        tests(
            "Orchestrator",
            [
                "Orchestrator", "Suites", "Faults", "Systems", "Labs", "Workload", "Report", "Checker", "History",
                "Platform", "TestSupport",
            ],
            exclude: ["audit", "beside", "cluster", "owned", "sentinel"].map { "External/\($0).sh" }
                + ["audit.sh", "broker.sh", "owned.sh", "owner.py"].map { "External/Kafka/\($0)" }),
        tests("Command", ["History", "Checker", "Platform", "TestSupport"]),
    ]
)
