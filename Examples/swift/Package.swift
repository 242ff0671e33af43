// swift-tools-version: 6.0
// Package.swift
import PackageDescription

// Where `make install` put it.
let cajal = Context.environment["CAJAL_PREFIX"] ?? "/usr/local"

let package = Package(
  name: "turning",
  dependencies: [.package(path: cajal + "/share/cajal")],
  targets: [
    // C, which `swift package cajal` writes.
    .target(
      name: "Turn", dependencies: [.product(name: "CajalRuntime", package: "cajal")],
      exclude: ["turn.cajal", "turn.safetensors"]),
    .executableTarget(name: "App", dependencies: ["Turn", .product(name: "Cajal", package: "cajal")]),
  ]
)
