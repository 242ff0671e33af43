import EmitC
import Foundation
import LinearMaps
import TestSupport
import Testing

/// The manifest has the structure of docs/manifest.schema.json.
@Suite struct ManifestTests {
  private typealias Object = [String: Any]

  /// The part of JSON Schema that the schema uses.
  private func violations(_ value: Any, _ schema: Object, _ root: Object, at path: String) -> [String] {
    if let reference = schema["$ref"] as? String {
      let name = String(reference.split(separator: "/").last!)
      return violations(value, (root["$defs"] as! Object)[name] as! Object, root, at: path)
    }
    let types = schema["type"] as? [String] ?? [schema["type"] as! String]
    guard types.contains(where: { matches(value, $0) }) else { return ["\(path) is no \(types)"] }
    if let allowed = schema["enum"] as? [String], !allowed.contains(value as? String ?? "") {
      return ["\(path) is not among \(allowed)"]
    }
    if let object = value as? Object {
      let properties = schema["properties"] as! Object
      let required = Set(schema["required"] as! [String])
      return required.subtracting(object.keys).map { "\(path) has no \($0)" }
        + object.flatMap { key, value -> [String] in
          guard let property = properties[key] as? Object else { return ["\(path) has an unknown \(key)"] }
          return violations(value, property, root, at: "\(path).\(key)")
        }
    }
    if let array = value as? [Any] {
      return array.flatMap { violations($0, schema["items"] as! Object, root, at: "\(path)[]") }
    }
    return []
  }

  private func matches(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "object": value is Object
    case "array": value is [Any]
    case "string": value is String
    case "null": value is NSNull
    case "boolean": (value as? NSNumber).map(isBoolean) ?? false
    case "integer":
      (value as? NSNumber).map { !isBoolean($0) && $0.doubleValue == $0.doubleValue.rounded() } ?? false
    default: false
    }
  }

  private func isBoolean(_ number: NSNumber) -> Bool { String(cString: number.objCType) == "c" }

  @Test func followsItsSchema() throws {
    let trials = try RandomProgramTests.trials(0..<5) + RandomProgramTests.trials(5..<10, areModels: true)
    let text = try manifest(ModuleUnit(programs: trials.map(\.unit), options: Harness.options(prefix: "a\"b")))
    let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
    let schemaData = try Data(contentsOf: URL(fileURLWithPath: projectRoot + "/docs/manifest.schema.json"))
    let schema = try #require(try JSONSerialization.jsonObject(with: schemaData) as? Object)
    #expect(violations(value, schema, schema, at: "manifest") == [])
    let first = try #require(text.range(of: "\"abi\""))
    let last = try #require(text.range(of: "\"source\""))
    #expect(first.lowerBound < last.lowerBound, "keys are sorted")
    // The validator can fail.
    var broken = try #require(value as? Object)
    broken["abi"] = "1"
    #expect(violations(broken, schema, schema, at: "manifest") == ["manifest.abi is no [\"integer\"]"])
  }
}
