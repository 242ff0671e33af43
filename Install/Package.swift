// swift-tools-version: 6.0
import PackageDescription

// What a Swift package needs of Cajal; the same products as the project's own package has.
let package = Package(
  name: "cajal",
  products: [
    .library(name: "Cajal", targets: ["Cajal"]),
    .library(name: "CajalRuntime", targets: ["CajalRuntime"]),
    .plugin(name: "CajalPlugin", targets: ["CajalPlugin"]),
  ],
  targets: [
    .target(name: "CajalRuntime", path: "Runtime", sources: ["src"]),
    .target(name: "Cajal", dependencies: ["CajalRuntime"]),
    .plugin(
      name: "CajalPlugin",
      capability: .command(
        intent: .custom(verb: "cajal", description: "Compiles the .cajal files of C targets."),
        permissions: [.writeToPackageDirectory(reason: "It writes the C, its header and a module map.")])),
  ]
)
