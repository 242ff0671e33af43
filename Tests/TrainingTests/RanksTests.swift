import Foundation
import TestSupport
import Testing
import TrainingKernels

@testable import Training

/// What several processes need before MPI is there; Tests/MPI starts them.
@Suite struct RanksTests {
  @Test func launchersAreSeen() {
    func launcher(_ environment: [String: String]) -> [Int?]? {
      Launcher(environment: environment).map { [$0.processes, $0.processesHere] }
    }
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "4", "OMPI_COMM_WORLD_LOCAL_SIZE": "2"]) == [4, 2])
    #expect(launcher(["PMI_SIZE": "3", "MPI_LOCALNRANKS": "3"]) == [3, 3])
    #expect(launcher(["MV2_COMM_WORLD_SIZE": "2"]) == [2, nil])
    #expect(launcher(["SLURM_STEP_NUM_TASKS": "8"]) == [8, nil])
    // mpirun within a step of Slurm.
    #expect(launcher(["SLURM_STEP_NUM_TASKS": "1", "OMPI_COMM_WORLD_SIZE": "4"]) == [4, nil])
    #expect(launcher(["OMPI_COMM_WORLD_SIZE": "many", "PMI_SIZE": "0"]) == nil)
    #expect(launcher([:]) == nil)
  }

  @Test func processorsAreShared() {
    // Bound to a core; to a socket of two by eight processes; not bound; where binding is unknown.
    #expect(availableProcessors(machine: 16, bound: 1, processesHere: 2) == 1)
    #expect(availableProcessors(machine: 16, bound: 8, processesHere: 8) == 2)
    #expect(availableProcessors(machine: 2, bound: 2, processesHere: 4) == 1)
    #expect(availableProcessors(machine: 16, bound: 16, processesHere: 1) == 16)
    #expect(availableProcessors(machine: 16, bound: 0, processesHere: 4) == 4)
  }

  /// The default of --threads, in a process that is bound to one processor.
  @Test func aBoundProcessGetsOneThread() throws {
    let mask = try run("taskset", ["-cp", "\(getpid())"]).output
    let first = try #require(mask.firstMatch(of: /: (\d+)/)?.1)
    let help = try run("taskset", ["-c", String(first), trainerPath, "train", "--help"])
    #expect(help.output.contains(/--threads <N>[^-]*\(default: 1\)/), "\(help.output)")
    #expect(try run("taskset", ["-c", String(first), "nproc"]).output == "1\n")
  }

  @Test(arguments: 1...9) func everyItemHasOneOwner(count: Int) {
    for items in 0...20 {
      let bounds = Ranks(nil, rank: 0, count: count).bounds(of: items)
      #expect(bounds.first == 0 && bounds.last == items && bounds == bounds.sorted())
      for rank in 0..<count {
        #expect(Ranks(nil, rank: rank, count: count).part(of: items) == bounds[rank]..<bounds[rank + 1])
      }
    }
  }

  /// The first of two processes, the other of which always has zeros.
  private static func besideZeros() -> Ranks {
    var table = training_mpi()
    table.share = { data, bounds in
      memset(data! + Int(bounds![1]), 0, Int(bounds![2] - bounds![1]))
    }
    table.broadcast = { data, bytes, from in
      if from == 1 { memset(data!, 0, Int(bytes)) }
    }
    return Ranks(table, rank: 0, count: 2)
  }

  @Test func parametersThatDriftApartEndTheRun() throws {
    try withScratch { folder in
      try writeDataset(folder)
      let library = try ModelLibrary(path: try buildModels(folder, imageFlags(rows: 4, columns: 3)))
      let settings = RunSettings(
        modelPath: library.path, dataFolder: folder, task: .image(.blur, oddOnly: false), loss: .l1, out: "")
      let model = try library.model(named: "network")
      let parts = try RunParts<Float>(settings, model, Self.besideZeros())
      let error = #expect(throws: TrainingError.self) { try parts.trainer.checkParametersAgree() }
      #expect(error?.description.hasPrefix("step 0: process 1 has come to other parameters than process 0") == true)
      try RunParts<Float>(settings, model, .alone).trainer.checkParametersAgree()
      withExtendedLifetime(library) {}
    }
  }

  /// Where all go on, a process goes on too; its own failure is everybody's.
  @Test func agreement() throws {
    let ranks = Self.besideZeros()
    #expect(try ranks.agree { 7 } == 7)
    let error = #expect(throws: TrainingError.self) { try ranks.agree { throw TrainingError("no data") } }
    #expect(error?.description == "no data")
    #expect(throws: LoneFailure.self) { try ranks.apart { throw TrainingError("no room") } }
    #expect(throws: TrainingError.self) { try Ranks.alone.apart { throw TrainingError("no room") } }
  }
}
