// swift-tools-version: 6.0
import PackageDescription

// One folder a stretch of the road; data never travels back:
// source → tokens → syntax tree → judgement → linear-map graph → optimised graph → schedule → C.
let package = Package(
  name: "cajal2c",
  products: [
    .executable(name: "cajal2c", targets: ["cajal2c"]),
    .executable(name: "cajal-train", targets: ["cajal-train"]),
    .library(name: "Cajal", targets: ["Cajal"]),
    .library(name: "CajalRuntime", targets: ["CajalRuntime"]),
    .plugin(name: "CajalPlugin", targets: ["CajalPlugin"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
    .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
  ],
  targets: [
    .target(name: "Diagnostics"),
    .target(name: "CajalSyntax", dependencies: ["Diagnostics"]),
    .target(name: "Formatting", dependencies: ["CajalSyntax", "Diagnostics"]),
    .target(
      name: "CajalTyping",
      dependencies: [
        "CajalSyntax", .product(name: "OrderedCollections", package: "swift-collections"),
        .product(name: "BigInt", package: "BigInt"),
      ]),
    .target(name: "CajalEvaluator", dependencies: ["CajalTyping"]),
    .target(name: "LinearMaps"),
    .target(
      name: "Lowering",
      dependencies: ["CajalTyping", "LinearMaps", .product(name: "HashTreeCollections", package: "swift-collections")]),
    .target(name: "Passes", dependencies: ["LinearMaps"]),
    .target(name: "Adjoint", dependencies: ["LinearMaps"]),
    .target(name: "Schedule", dependencies: ["LinearMaps"]),
    // Runs schedules, for the tests: as EmitC, it sees what is public of them.
    .target(name: "ScheduleInterpreter", dependencies: ["Schedule"]),
    .target(name: "EmitC", dependencies: ["Schedule"]),
    // C to C: what was emitted and the runtime in one file.
    .target(name: "Amalgamation"),
    .target(name: "CajalRuntime", path: "Runtime", exclude: ["cxx", "tests", "STYLE.md"], sources: ["src"]),
    .target(
      name: "Driver",
      dependencies: [
        "Diagnostics", "CajalSyntax", "CajalTyping", "CajalEvaluator", "LinearMaps", "Lowering", "Passes", "Adjoint",
        "Schedule", "EmitC", "Amalgamation", "CajalRuntime", "TensorFiles", "SharedObjects",
      ]),
    .target(
      name: "LanguageServer",
      dependencies: ["Diagnostics", "CajalSyntax", "CajalTyping", "Driver", "Formatting"]),
    .target(
      name: "Exploring",
      dependencies: [
        "Diagnostics", "CajalSyntax", "CajalTyping", "LinearMaps", "Lowering", "Driver", "LanguageServer",
        "TensorFiles", "RunRecords",
      ],
      resources: [
        .embedInCode("Page/page.css"), .embedInCode("Page/interpreter.js"), .embedInCode("Page/elements.js"),
        .embedInCode("Page/layout.js"), .embedInCode("Page/drawing.js"), .embedInCode("Page/source.js"),
        .embedInCode("Page/chart.js"), .embedInCode("Page/pictures.js"), .embedInCode("Page/training.js"),
        .embedInCode("Page/running.js"), .embedInCode("Page/page.js"),
      ]),
    .executableTarget(
      name: "cajal2c",
      dependencies: [
        "Driver", "Exploring", "Formatting", "LanguageServer", "TensorFiles",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "TensorFiles"),
    // What a run's folder says, for the trainer and for pages.
    .target(
      name: "RunRecords", dependencies: ["TensorFiles", .product(name: "SwiftCSV", package: "SwiftCSV")]),
    .target(name: "SharedObjects"),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "TrainingKernels"),
    .target(
      name: "Training",
      dependencies: [
        "TensorFiles", "RunRecords", "SharedObjects", "CajalRuntime", "CZlib", "TrainingKernels",
        .product(name: "SwiftCSV", package: "SwiftCSV"),
      ]),
    .executableTarget(
      name: "cajal-train",
      dependencies: ["Training", "RunRecords", .product(name: "ArgumentParser", package: "swift-argument-parser")]),
    // For packages that use compiled modules; Install/Package.swift has the same, installed.
    .target(name: "Cajal", dependencies: ["CajalRuntime"]),
    .plugin(
      name: "CajalPlugin",
      capability: .command(
        intent: .custom(verb: "cajal", description: "Compiles the .cajal files of C targets."),
        permissions: [.writeToPackageDirectory(reason: "It writes the C, its header and a module map.")])),
    .target(name: "TestSupport", dependencies: ["Driver", "ScheduleInterpreter"], path: "Tests/Support"),
    .executableTarget(
      name: "campaign", dependencies: ["Driver", "TestSupport"], path: "Tests/Campaign",
      exclude: ["client.c", "README.md", "ran.json"]),
    .testTarget(name: "CajalSyntaxTests", dependencies: ["CajalSyntax", "Driver", "TestSupport"]),
    .testTarget(name: "FormattingTests", dependencies: ["Formatting", "Driver", "TestSupport"]),
    .testTarget(name: "LanguageServerTests", dependencies: ["LanguageServer", "Driver", "TestSupport"]),
    .testTarget(
      name: "ExploringTests",
      dependencies: [
        "Exploring", "CajalSyntax", "Diagnostics", "LinearMaps", "Adjoint", "Driver", "TensorFiles", "TestSupport",
      ]),
    .testTarget(name: "CajalTypingTests", dependencies: ["CajalTyping", "CajalEvaluator", "Driver", "TestSupport"]),
    .testTarget(name: "CajalEvaluatorTests", dependencies: ["CajalEvaluator", "Driver", "TestSupport"]),
    .testTarget(name: "LinearMapsTests", dependencies: ["LinearMaps", "Passes", "Adjoint", "TestSupport"]),
    .testTarget(name: "LoweringTests", dependencies: ["Lowering", "Adjoint", "Driver", "TestSupport"]),
    .testTarget(name: "ScheduleTests", dependencies: ["Schedule", "ScheduleInterpreter", "TestSupport"]),
    .testTarget(name: "EmitCTests", dependencies: ["EmitC", "Passes", "Adjoint", "TestSupport"]),
    .testTarget(name: "PropertyTests", dependencies: ["Passes", "Adjoint", "TestSupport"]),
    .testTarget(name: "EndToEndTests", dependencies: ["Driver", "Schedule", "TensorFiles", "TestSupport"]),
    .testTarget(name: "TensorFilesTests", dependencies: ["TensorFiles", "TestSupport"]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Training", "RunRecords", "TrainingKernels", "SharedObjects", "TensorFiles", "cajal-train", "TestSupport",
      ]),
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Adjoint", "CajalSyntax", "CajalTyping", "Driver", "EmitC", "Formatting", "LinearMaps", "TensorFiles",
        "TestSupport",
        "Training",
      ],
      path: "Tests/Fuzz/Targets"),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzTargets", "TestSupport"]),
  ]
)

// Links libFuzzer, and so is there only where `make fuzz` asks for it.
if Context.environment["CAJAL_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "cajal-fuzz", dependencies: ["FuzzTargets"], path: "Tests/Fuzz/Main",
      // libFuzzer has the main function.
      swiftSettings: [.unsafeFlags(["-parse-as-library"])]))
}
