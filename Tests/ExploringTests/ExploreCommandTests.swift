import Foundation
import TestSupport
import Testing

@Suite struct ExploreCommandTests {
  @Test func writesOnePageOrNothing() throws {
    try withScratch { folder in
      let file = try write("program p (x : Bool) : Bool = x", to: folder + "/p.cajal")
      let good = try cajal2c("explore", file, "-o", folder + "/p.html")
      #expect(good.status == 0 && good.output.isEmpty && good.errors.isEmpty, "\(good)")
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).sorted() == ["p.cajal", "p.html"])
      let page = try String(contentsOfFile: folder + "/p.html", encoding: .utf8)
      #expect(page.hasPrefix("<!DOCTYPE html>") && page.hasSuffix("</html>\n") && !page.contains(folder))
      try write("program p (x : Bool) : Bool = true", to: file)
      let bad = try cajal2c("explore", file, "-o", folder + "/p.html")
      #expect(bad.status == 1 && bad.errors.contains("error[E0102]"))
      #expect(try String(contentsOfFile: folder + "/p.html", encoding: .utf8) == page)
      let nowhere = try cajal2c("explore", "Examples/paper/not.cajal", "-o", folder + "/none/p.html")
      #expect(nowhere.status == 1 && nowhere.errors.contains("cannot write"))
    }
  }

  @Test func theSourceIsNotOverwritten() throws {
    try withScratch { folder in
      let file = try write("program p (x : Bool) : Bool = x", to: folder + "/p.html")
      let result = try cajal2c("explore", file, "-o", file)
      #expect(result.status == 2 && result.errors.contains("would overwrite the source"))
      #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("program"))
    }
  }

  @Test func weightsThatDoNotFitAreRefused() throws {
    try withScratch { folder in
      let file = try write("param a : Real = 1\nmodel m (x : Real) : Real = scale a x", to: folder + "/m.cajal")
      try write("no tensors", to: folder + "/w.safetensors")
      let result = try cajal2c("explore", file, "--weights", folder + "/w.safetensors", "-o", folder + "/m.html")
      #expect(result.status == 1 && result.errors.contains("cannot use the weights"), "\(result)")
      #expect(!FileManager.default.fileExists(atPath: folder + "/m.html"))
    }
  }
}
