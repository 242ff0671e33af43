import Foundation
import TestSupport
import Testing

/// What a module says of declared types whose constructors have no fields.
@Suite struct EnumerationTests {
  @Test func theNamesOfValuesAreDescribed() throws {
    try withScratch { folder in
      let text = """
        data Soil = Sand | Silt | Clay
        data Opt = None | Some Bool
        net f (s : Soil) : Soil = dense
        model m (s : Soil) : Soil = f s
        program p (o : Opt) : Opt = o
        """
      _ = try write(text, to: folder + "/p.cajal")
      let emitted = try run(compilerPath, ["p.cajal", "--emit-grad", "-o", "p.c"], directory: folder)
      #expect(emitted.status == 0, "\(emitted.errors)")
      let code = try String(contentsOfFile: folder + "/p.c", encoding: .utf8)
      // The input's and the result's; not those of a type that has fields.
      #expect(code.components(separatedBy: "= {\"Sand\", \"Silt\", \"Clay\"};").count == 3)
      #expect(code.components(separatedBy: ".value_count = 3").count == 3)
      let manifest = try run(compilerPath, ["p.cajal", "--emit", "manifest"], directory: folder)
      let file = try #require(try JSONSerialization.jsonObject(with: Data(manifest.output.utf8)) as? [String: Any])
      func values(_ kind: String) throws -> [String]? {
        let all = try #require(file[kind] as? [[String: Any]])
        return (try #require(all[0]["inputs"] as? [[String: Any]]))[0]["values"] as? [String]
      }
      #expect(try values("models") == ["Sand", "Silt", "Clay"])
      #expect(try values("programs") == nil)
    }
  }
}
