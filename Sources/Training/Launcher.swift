/// What a launcher of MPI, as mpirun or srun, says in the environment of the processes that it starts.
struct Launcher: Equatable {
  /// How many it started.
  let processes: Int
  /// How many of them on this machine, if it says so.
  let processesHere: Int?

  /// The variables of Open MPI; of MPICH and Intel MPI; of MVAPICH; and of Slurm, whose own MPI may be any. The first
  /// that are there count, since mpirun may itself run within a step of Slurm.
  private static let variables: [(all: String, here: String?)] = [
    ("OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_LOCAL_SIZE"), ("PMI_SIZE", "MPI_LOCALNRANKS"),
    ("MV2_COMM_WORLD_SIZE", "MV2_COMM_WORLD_LOCAL_SIZE"), ("SLURM_STEP_NUM_TASKS", nil),
  ]

  /// Nil where no launcher started this process.
  init?(environment: [String: String]) {
    for (all, here) in Self.variables {
      guard let count = environment[all].flatMap(Int.init), count > 0 else { continue }
      processes = count
      processesHere = here.flatMap { environment[$0] }.flatMap(Int.init).flatMap { $0 > 0 ? $0 : nil }
      return
    }
    return nil
  }
}
