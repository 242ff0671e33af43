import Foundation
import TestSupport
import Testing

@Suite struct FormatCommandTests {
  private let loose = "def  t=true\n"
  private let neat = "def t = true\n"

  @Test func writesChecksAndLeavesAlone() throws {
    try withScratch { folder in
      let (a, b) = (try write(loose, to: folder + "/a.cajal"), try write(neat, to: folder + "/b.cajal"))
      let bad = try write("def  (", to: folder + "/bad.cajal")
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: a)
      try FileManager.default.createSymbolicLink(atPath: folder + "/link.cajal", withDestinationPath: "a.cajal")
      let checked = try cajal2c("fmt", "--check", a, b)
      #expect(checked.status == 1 && checked.output == a + "\n" && checked.errors.isEmpty)
      #expect(try String(contentsOfFile: a, encoding: .utf8) == loose)
      let written = try cajal2c("fmt", folder + "/link.cajal", bad, b)
      #expect(written.status == 1 && written.output.isEmpty && written.errors.contains("error[E0005]"))
      #expect(try String(contentsOfFile: a, encoding: .utf8) == neat)
      #expect(try String(contentsOfFile: bad, encoding: .utf8) == "def  (")
      let mode = try FileManager.default.attributesOfItem(atPath: a)[.posixPermissions] as? Int
      #expect(mode == 0o640)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link.cajal") == "a.cajal")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 4)
      let again = try cajal2c("fmt", "--check", a, b)
      #expect(again.status == 0 && again.output.isEmpty)
      let missing = try cajal2c("fmt", folder + "/none.cajal")
      #expect(missing.status == 1 && missing.errors.contains("E0008"))
    }
  }

  @Test func standardInput() throws {
    let script = { (arguments: String) in "printf 'def  t=true\\n' | '\(compilerPath)' fmt \(arguments)" }
    let written = try run("bash", ["-c", script("-")])
    #expect(written.status == 0 && written.output == neat)
    let checked = try run("bash", ["-c", script("--check -")])
    #expect(checked.status == 1 && checked.output == "<standard input>\n")
  }
}
