import Driver
import Foundation

/// What `workspace/executeCommand` knows. The arguments are a document's URI, the name of a program or model, and, to
/// evaluate, an array of settings such as `n=3`.
enum Command: String, CaseIterable {
  case eval = "cajal.eval"
  case verify = "cajal.verify"
  case showC = "cajal.showC"

  func arguments(_ file: String, _ name: String, _ settings: [String]) -> [String] {
    switch self {
    case .eval: ["eval", file, "--program", name] + settings.flatMap { ["--set", $0] }
    case .verify: ["verify", file, "--program", name, "--limit", "200"]
    case .showC: [file, "--emit", "c", "--emit-grad"]
    }
  }
}

extension LanguageServer {
  /// Runs the compiler on the text as it is in the editor, in a process of its own: the answer comes when it ends.
  func execute(_ params: JSON, _ id: JSON) throws {
    guard let command = params["command"]?.string.flatMap(Command.init(rawValue:)) else {
      throw ResponseError.invalidParams("the commands are \(Command.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let arguments = params["arguments"]?.array ?? []
    guard arguments.count >= 2, let uri = arguments[0].string, let name = arguments[1].string,
      let document = documents[uri]
    else { throw ResponseError.invalidParams("the arguments are the URI of an open file and the name of a program") }
    let settings = arguments.count > 2 ? arguments[2].array?.compactMap(\.string) ?? [] : []
    let fileName = document.analysis.source.name
    var text = document.buffer.bytes
    if command == .eval, let sound = document.analysis.sound,
      sound.module.programs.contains(where: { $0.name.text == name })
    {
      text = sound.compilation.source.bytes
    }
    let (compiler, showsDocuments, outbox) = (compiler, client.showDocument, outbox)
    start(id) { [text] isCancelled in
      let run = CommandRun(compiler: compiler, fileName: fileName, text: text)
      let result = run.result(of: command, name, settings, isCancelled: isCancelled)
      switch result {
      case .failure(let error): outbox.answer(id, error)
      case .success(let output):
        outbox.show(output, of: command, showsDocuments, fileName)
        outbox.answer(id, .string(output))
      }
    }
  }

}

extension Outbox {
  /// For clients that do nothing with the answer.
  fileprivate func show(_ output: String, of command: Command, _ showsDocuments: Bool, _ fileName: String) {
    if command == .showC {
      guard showsDocuments else { return }
      let path = NSTemporaryDirectory() + "cajal2c-\(getuid())-" + fileName.replacing("/", with: "_") + ".c"
      guard (try? writeAtomically([(path, output)])) != nil else { return }
      request(
        "window/showDocument", ["uri": .string(URL(fileURLWithPath: path).absoluteString), "takeFocus": true])
    } else {
      let text = output.hasSuffix("\n") ? String(output.dropLast()) : output
      tell("window/showMessage", ["type": 3, "message": .string(text)])
    }
  }
}
