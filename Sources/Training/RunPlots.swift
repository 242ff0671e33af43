import Foundation
import RunRecords
import TensorFiles

/// Figures of a run: how its losses went, and what its outputs are beside their targets.
///
/// Each figure is a script for gnuplot and a table of what it draws, so that it can be drawn in another way.
public struct RunPlots {
  public enum Format: String, CaseIterable, Sendable { case svg, png, pdf }

  public struct Figure: Sendable {
    public let name: String
    let script: String
    let table: String
  }

  public let figures: [Figure]

  /// Points in a figure, at most.
  private static let mostPoints = 4000
  /// Samples whose trajectories are drawn.
  private static let mostTrajectories = 6

  public init(_ run: RunRecord) throws {
    var figures = [Self.curves(run)]
    let path = run.path + "/outputs.safetensors"
    if FileManager.default.fileExists(atPath: path) {
      let file = try TensorFile(reading: path)
      guard let output = file["output"], let target = file["target"], output.shape == target.shape,
        let outputs = try Self.doubles(output), let targets = try Self.doubles(target)
      else { throw TrainingError("\(path) is damaged: its tensors `output` and `target` do not agree") }
      figures.append(Self.residuals(outputs, targets))
      if let figure = Self.trajectories(outputs, targets, shape: output.shape) { figures.append(figure) }
    }
    self.figures = figures
  }

  private static func doubles(_ tensor: Tensor) throws -> [Double]? {
    try tensor.reals(as: Double.self) { value, _ in throw TrainingError("`\(tensor.name)` holds \(value)") }
  }

  private static func curves(_ run: RunRecord) -> Figure {
    var table = "step,train,validation,test\n"
    for row in run.losses(atMost: mostPoints) { table += "\(row.step),\(row.loss),,\n" }
    for row in run.metrics {
      table += "\(row["step"] ?? ""),,\(row["validation_loss"] ?? ""),\(row["test_loss"] ?? "")\n"
    }
    let shown = run.losses.map(\.loss) + run.metrics.compactMap { Double($0["test_loss"] ?? "") }
    let hasValidation = run.best != nil
    let script = """
      set xlabel "step"
      set ylabel "loss, \(run.configuration["loss"] ?? "")"
      \(shown.allSatisfy { $0 > 0 } ? "set logscale y\nset format y \"10^{%L}\"" : "")
      set key top right
      plot "TABLE" using "step":"train" with lines lc rgb "#aac4dd" title "training, each step"\(hasValidation ? """
      , \\
        "TABLE" using "step":"validation" with linespoints pt 7 ps 0.3 lc rgb "#d1742a" title "validation"
      """ : ""), \\
        "TABLE" using "step":"test" with linespoints pt 7 ps 0.3 lc rgb "#1f5c99" title "test"
      """
    return Figure(name: "curves", script: script, table: table)
  }

  private static func residuals(_ outputs: [Double], _ targets: [Double]) -> Figure {
    let every = max(outputs.count / mostPoints, 1)
    var table = "target,residual\n"
    for index in stride(from: 0, to: outputs.count, by: every) {
      table += "\(targets[index]),\(outputs[index] - targets[index])\n"
    }
    let script = """
      set xlabel "target"
      set ylabel "output - target"
      set format y "%g"
      unset key
      plot 0 lc rgb "#999999", "TABLE" using "target":"residual" with points pt 7 ps 0.25 lc rgb "#1f5c99"
      """
    return Figure(name: "residuals", script: script, table: table)
  }

  /// Nil where a result is no sequence of numbers or vectors.
  private static func trajectories(_ outputs: [Double], _ targets: [Double], shape: [Int]) -> Figure? {
    guard (2...3).contains(shape.count), shape[1] >= 8 else { return nil }
    let (samples, rounds, width) = (min(shape[0], mostTrajectories), shape[1], shape.count == 3 ? shape[2] : 1)
    guard width <= 8 else { return nil }
    var table = "sample,entry,round,output,target\n"
    for sample in 0..<samples {
      for entry in 0..<width {
        for round in 0..<rounds {
          let at = (sample * rounds + round) * width + entry
          table += "\(sample),\(entry),\(round),\(outputs[at]),\(targets[at])\n"
        }
      }
    }
    let chosen = { (column: String) in
      "(column(\"sample\") == s && column(\"entry\") == e ? column(\"\(column)\") : NaN)"
    }
    let script = """
      set xlabel "round"
      set ylabel "entry of the state"
      set key outside right
      set datafile missing NaN
      plot for [e = 0:\(width - 1)] for [s = 0:\(samples - 1)] "TABLE" using "round":\(chosen("target")) \\
          with points pt 6 ps 0.4 lc e + 1 notitle, \\
        for [e = 0:\(width - 1)] for [s = 0:\(samples - 1)] "TABLE" using "round":\(chosen("output")) \\
          with lines lc e + 1 title (s == 0 ? sprintf("%d: line model, points data", e) : "")
      """
    return Figure(name: "trajectories", script: script, table: table)
  }

  /// Writes scripts and tables into a folder, and has gnuplot draw them. Returns the files that were drawn.
  public func draw(into folder: String, _ format: Format) throws -> [String] {
    try makeFolder(folder)
    let terminal =
      switch format {
      case .svg: "svg size 720,480 dynamic background \"white\""
      case .png: "pngcairo size 1080,720"
      case .pdf: "pdfcairo size 7.2,4.8"
      }
    func write(_ text: String, _ path: String) throws {
      do { try writeDurably(Array(text.utf8), to: path) } catch let failure as DurableWriteFailure {
        throw TrainingError(failure.description)
      }
    }
    return try figures.map { figure in
      // Paths within the folder: the script draws it wherever that is moved to.
      let (script, table, drawn) = ("\(figure.name).gp", "\(figure.name).csv", "\(figure.name).\(format.rawValue)")
      try write(figure.table, "\(folder)/\(table)")
      try write(
        """
        set terminal \(terminal)
        set output "\(drawn)"
        set datafile separator ","
        set grid lc rgb "#dddddd"
        \(figure.script.replacing("TABLE", with: table))

        """, "\(folder)/\(script)")
      try Self.gnuplot(script, folder)
      return "\(folder)/\(drawn)"
    }
  }

  private static func gnuplot(_ script: String, _ folder: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gnuplot", script]
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let pipe = Pipe()
    process.standardError = pipe
    do { try process.run() } catch { throw TrainingError("gnuplot cannot be started: \(error)") }
    let errors = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    switch process.terminationStatus {
    case 0: return
    // What env says where there is no such program.
    case 127:
      throw TrainingError(
        "figures are drawn by gnuplot, which is not installed (Debian: gnuplot-nox); the scripts are in \(folder)")
    default: throw TrainingError("gnuplot cannot draw \(folder)/\(script): \(errors)")
    }
  }
}
