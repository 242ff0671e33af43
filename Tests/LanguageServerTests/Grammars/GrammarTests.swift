import Foundation
import TestSupport
import Testing

@testable import LanguageServer

/// The grammars of Editors/ on every text of the corpus, by the lexer's own account.
@Suite(.serialized) struct GrammarTests {
  private static let editors = projectRoot + "/Editors"

  /// A part of the corpus has bytes that editors show in other ways, or lines too long for them.
  private static let texts = Corpus.texts.filter { text in
    !text.unicodeScalars.contains { ($0.value < 0x20 && $0 != "\n" && $0 != "\t") || $0.value == 0xFEFF }
      && text.utf8.count < 20_000
  }

  private func expectRight(
    _ colours: [[Colour]], isSparse: Bool = false, isCoarse: Bool = false, namesAnything: Bool = false
  ) {
    #expect(colours.count == Self.texts.count)
    for (text, colours) in zip(Self.texts, colours) {
      guard colours.count == text.utf8.count else {
        Issue.record("\(colours.count) colours of \(text.utf8.count) bytes:\n\(text)")
        continue
      }
      let complaints = ColourCheck(text: text, isSparse: isSparse, isCoarse: isCoarse, namesAnything: namesAnything)
        .complaints(colours)
      #expect(complaints.isEmpty, "\(complaints.prefix(5).joined(separator: "\n"))\nin\n\(text.prefix(1_500))")
    }
  }

  // MARK: TextMate

  @Test func textMate() throws {
    let grammar = try TextMateGrammar(path: Self.editors + "/vscode/syntaxes/cajal.tmLanguage.json")
    expectRight(
      Self.texts.map { text in
        let scopes = grammar.scopes(of: text)
        var unit = 0
        return text.unicodeScalars.flatMap { scalar -> [Colour] in
          defer { unit += scalar.utf16.count }
          return [Colour](repeating: colour(scope: scopes[unit]), count: scalar.utf8.count)
        }
      })
  }

  private func colour(scope: String?) -> Colour {
    guard let scope else { return .none }
    let prefixes: [(String, Colour)] = [
      ("comment", .comment), ("keyword.operator", .operator), ("keyword", .keyword), ("constant.language", .boolean),
      ("constant.numeric", .number), ("storage.type", .type), ("support.function.layer", .layer),
      ("support.function", .function), ("entity.name", .name), ("variable", .name), ("punctuation", .bracket),
      ("invalid", .bad),
    ]
    return prefixes.first { scope.hasPrefix($0.0) }?.1 ?? .none
  }

  // MARK: Vim

  private static let groups: [String: Colour] = [
    "cajalComment": .comment, "cajalBlockComment": .comment, "cajalDeclaration": .keyword, "cajalKeyword": .keyword,
    "cajalBoolean": .boolean, "cajalNumber": .number, "cajalBadNumber": .bad, "cajalBad": .bad, "cajalType": .type,
    "cajalConstructor": .name, "cajalName": .name, "cajalFunction": .function, "cajalLayer": .layer,
    "cajalOperator": .operator, "cajalBracket": .bracket,
  ]

  @Test(.enabled(if: installed("vim").contains("vim"), "vim is not installed")) func vim() throws {
    try withScratch { folder in
      for (index, text) in Self.texts.enumerated() { try write(text, to: "\(folder)/\(index).cajal") }
      try write(
        """
        set encoding=utf-8 nomore noswapfile viminfo= synmaxcol=0 redrawtime=100000
        set runtimepath^=\(Self.editors)/vim
        filetype plugin on
        syntax on
        for s:i in range(0, \(Self.texts.count - 1))
          execute 'edit ++enc=utf-8 ++ff=unix \(folder)/' . s:i . '.cajal'
          let s:out = []
          for s:l in range(1, line('$'))
            let s:row = ''
            for s:c in range(1, strlen(getline(s:l)))
              let s:row .= synIDattr(synID(s:l, s:c, 1), 'name') . ' '
            endfor
            call add(s:out, s:row)
          endfor
          call writefile([&filetype] + s:out, '\(folder)/' . s:i . '.out')
        endfor
        qall!
        """, to: folder + "/dump.vim")
      _ = try run(
        "vim", ["-es", "-u", "NONE", "-N", "-S", folder + "/dump.vim"], directory: folder,
        environment: ["LC_ALL": "C.UTF-8"],
        limit: 300)
      expectRight(
        try Self.texts.indices.map { index in
          let out = try String(contentsOfFile: "\(folder)/\(index).out", encoding: .utf8)
          let rows = out.split(separator: "\n", omittingEmptySubsequences: false)
          #expect(rows.first == "cajal")
          // Vim has no empty last line.
          var colours = rows.dropFirst().map { row -> [Colour] in
            row.split(separator: " ", omittingEmptySubsequences: false).dropLast().map {
              Self.groups[String($0)] ?? .none
            }
          }.dropLast().joined(separator: [.none]).map { $0 }
          let size = Self.texts[index].utf8.count
          if colours.count < size { colours.append(.none) }
          return Array(colours.prefix(size))
        }, namesAnything: true)
    }
  }

  // MARK: Emacs

  private static let faces: [String: Colour] = [
    "font-lock-comment-face": .comment, "font-lock-comment-delimiter-face": .comment,
    "font-lock-keyword-face": .keyword,
    "font-lock-constant-face": .number, "font-lock-type-face": .type, "font-lock-builtin-face": .function,
    "font-lock-function-name-face": .name, "font-lock-variable-name-face": .name, "nil": .none,
  ]

  @Test(.enabled(if: installed("emacs").contains("emacs"), "emacs is not installed")) func emacs() throws {
    try withScratch { folder in
      for (index, text) in Self.texts.enumerated() { try write(text, to: "\(folder)/\(index).cajal") }
      try write(
        """
        (setq coding-system-for-read 'utf-8-unix coding-system-for-write 'utf-8-unix)
        (require 'cajal-mode)
        (setq cajal-lines nil)
        (dotimes (i \(Self.texts.count))
          (with-current-buffer (find-file-noselect (format "\(folder)/%d.cajal" i))
            (font-lock-ensure)
            (let ((faces (list (symbol-name major-mode))))
              (dotimes (k (- (point-max) 1))
                (let ((face (get-text-property (+ k 1) 'face)))
                  (push (format "%s" (if (consp face) (car face) face)) faces)))
              (write-region (mapconcat #'identity (nreverse faces) "\\n") nil (format "\(folder)/%d.out" i) nil 'quiet))))
        """, to: folder + "/dump.el")
      let result = try run(
        "emacs", ["-Q", "--batch", "-L", Self.editors + "/emacs", "-l", folder + "/dump.el"], directory: folder,
        environment: ["LC_ALL": "C.UTF-8", "HOME": folder], limit: 300)
      #expect(result.status == 0, "\(result.errors)")
      expectRight(
        try Self.texts.indices.map { index in
          let rows = try String(contentsOfFile: "\(folder)/\(index).out", encoding: .utf8).split(separator: "\n")
          #expect(rows.first == "cajal-mode")
          return zip(Self.texts[index].unicodeScalars, rows.dropFirst()).flatMap { scalar, face in
            [Colour](repeating: Self.faces[String(face)] ?? .bad, count: scalar.utf8.count)
          }
        }, isSparse: true, isCoarse: true)
    }
  }

  // MARK: VS Code

  /// With the real server; the editor is made of paper.
  @Test(.enabled(if: installed("node").contains("node"), "node is not installed")) func vsCode() throws {
    try withScratch { folder in
      let result = try run(
        "node",
        [
          projectRoot + "/Tests/LanguageServer/extension.js", Self.editors + "/vscode", compilerPath,
          projectRoot + "/Examples/paper/flip.cajal",
        ], environment: ["XDG_CACHE_HOME": folder], limit: 120)
      #expect(result.status == 0, "\(result.errors)")
    }
  }

  /// The package has all that the extension needs, and its parts can be read.
  @Test(.enabled(if: installed("python3").contains("python3"), "python3 is not installed")) func package() throws {
    try withScratch { folder in
      let made = try run("python3", [Self.editors + "/vscode/package.py", folder + "/cajal.vsix"])
      #expect(made.status == 0, "\(made.errors)")
      let unpacked = try run("python3", ["-m", "zipfile", "-e", "cajal.vsix", "out"], directory: folder)
      #expect(unpacked.status == 0, "\(unpacked.errors)")
      let extensionFolder = folder + "/out/extension"
      let about =
        try Foundation.JSONSerialization.jsonObject(
          with: Data(contentsOf: URL(fileURLWithPath: extensionFolder + "/package.json"))) as? [String: Any]
      #expect(about?["main"] as? String == "./extension.js")
      for file in try FileManager.default.contentsOfDirectory(atPath: extensionFolder) where file.hasSuffix(".js") {
        let text = try String(contentsOfFile: extensionFolder + "/" + file, encoding: .utf8)
        for part in text.components(separatedBy: "require('./").dropFirst() {
          let name = part.prefix { $0 != "'" }
          #expect(FileManager.default.fileExists(atPath: "\(extensionFolder)/\(name).js"), "\(file) needs \(name)")
        }
      }
    }
  }
}
