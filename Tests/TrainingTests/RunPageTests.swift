import Foundation
import RunRecords
import TestSupport
import Testing

@testable import Training

/// The page that `--live` writes.
@Suite struct RunPageTests: SmallRuns {
  /// A page of a run with these rows of tables, as an XML document: its elements are closed, its texts escaped.
  private func page(
    _ state: RunPage.State, metrics: [String] = [], steps: [String] = [], configuration: [String: String] = [:]
  ) throws -> String {
    try withScratch { folder in
      func table(_ name: String, _ header: String, _ rows: [String]) throws {
        try write(([header] + rows).map { $0 + "\n" }.joined(), to: "\(folder)/\(name).csv")
      }
      try table("metrics", "step,validation_loss,test_loss,psnr", metrics)
      try table("steps", "step,loss,grad_norm", steps.map { $0 + "," })
      try JSONEncoder().encode(configuration).write(to: URL(fileURLWithPath: folder + "/config.json"))
      let html = RunPage(try RunRecord(reading: folder), name: "net<1>", state).html
      try write(html, to: folder + "/page.xml")
      let script = "import sys, xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1])"
      let parsed = try run("python3", ["-c", script, folder + "/page.xml"])
      #expect(parsed.status == 0, "\(parsed.errors)")
      return html
    }
  }

  private func points(_ html: String, _ curve: String) throws -> [[Double]] {
    let match = try #require(html.firstMatch(of: try Regex("<polyline class=\"\(curve)\" points=\"([^\"]*)\"")))
    return match.output[1].substring!.split(separator: " ").map { $0.split(separator: ",").map { Double($0)! } }
  }

  @Test func curvesOfARun() throws {
    let html = try page(
      .running(step: 2, of: 4, left: "00:09"), metrics: ["0,,1,20.5", "2,,0.01,30"], steps: ["1,1", "2,0.1"],
      configuration: ["loss": "l1", "data": "a & b"])
    #expect(html.contains("Step 2 of 4, 00:09 left.") && html.contains("http-equiv=\"refresh\""))
    #expect(html.contains("<td>a &amp; b</td>") && html.contains("net&lt;1&gt;"))
    #expect(html.contains("<th scope=\"row\">psnr</th><td>30</td>") && !html.contains("20.5"))
    #expect(!html.contains("validation</span>"))
    // The axis is logarithmic: 0.1 is half way from 1 to 0.01.
    let (training, test) = (try points(html, "training"), try points(html, "test"))
    #expect(test.map { $0[0] } == [72, 704] && training.map { $0[0] } == [388, 704])
    #expect(abs(training[1][1] - (test[0][1] + test[1][1]) / 2) < 0.11)
    #expect(test[0][1] < test[1][1] && test[0][1] > 16 && test[1][1] < 316)
    for tick in ["1", "0.1", "0.01"] { #expect(html.contains("text-anchor=\"end\">\(tick)</text>")) }
  }

  @Test func lossesThatHaveNoLogarithm() throws {
    let html = try page(.finished(step: 3), metrics: ["0,5,-1,", "3,0,nan,"])
    #expect(html.contains("Finished after 3 steps.") && !html.contains("refresh"))
    #expect(try points(html, "validation").count == 2)
    #expect(try points(html, "test").count == 1)
    #expect(html.contains("text-anchor=\"end\">0</text>") && html.contains("text-anchor=\"end\">4</text>"))
  }

  @Test(arguments: [["0,,nan,", "1,,inf,"], []]) func nothingToDraw(metrics: [String]) throws {
    let html = try page(.stopped("a <NaN>"), metrics: metrics)
    #expect(html.contains("<p>a &lt;NaN&gt;</p>") && html.contains("no finite losses") && !html.contains("<svg"))
  }

  @Test(arguments: ["0.25", "0", "-3", "1e-300", "1e300"]) func aLossThatStays(loss: String) throws {
    let html = try page(.finished(step: 1), metrics: ["0,,\(loss),", "1,,\(loss),"])
    #expect(try points(html, "test").map { $0[1] } == [166, 166])
    #expect(html.matches(of: /<line class="grid"/).count > 0)
  }

  @Test func ofManyStepsSomeAreDrawn() throws {
    let html = try page(.finished(step: 2500), metrics: [], steps: (1...2500).map { "\($0),\(1 / Double($0))" })
    #expect(try points(html, "training").count == 834)
  }

  @Test func aRunHasOneOnlyWhereItIsAskedFor() throws {
    try withModel { folder, module in
      try train(settings(folder, "plain", module: module), progress: silent)
      var live = settings(folder, "live", module: module)
      live.isLive = true
      try train(live, progress: silent)
      #expect(contents(folder + "/plain/live.html") == nil)
      let page = String(decoding: try #require(contents(live.out + "/live.html")), as: UTF8.self)
      #expect(page.contains("Finished after 30 steps."))
      #expect(try points(page, "training").count == 30)
      try expectSame(folder + "/plain", live.out)

      // Stopped, and gone on with: first with a page, then without.
      live.out = folder + "/part"
      #expect(throws: StoppedRun.self) { try train(live, progress: silent, stop: stopping(after: 9)) }
      let stopped = String(decoding: try #require(contents(live.out + "/live.html")), as: UTF8.self)
      #expect(stopped.contains("stopped by SIGTERM; the checkpoint of step 9") && !stopped.contains("refresh"))
      #expect(try points(stopped, "training").count == 9)
      (live.resume, live.isLive) = (true, false)
      try train(live, progress: silent)
      #expect(contents(live.out + "/live.html") == nil)
      try expectSame(folder + "/plain", live.out)
    }
  }

  @Test func whatStopsARunIsSaid() throws {
    try withModel { folder, module in
      var live = settings(folder, "run", module: module)
      (live.isLive, live.schedule.rate, live.clip) = (true, 1e38, nil)
      #expect(throws: (any Error).self) { try train(live, progress: silent) }
      let page = String(decoding: try #require(contents(live.out + "/live.html")), as: UTF8.self)
      #expect(page.contains("is kept in \(live.out)"))
      #expect(!page.contains("refresh"))
    }
  }
}
