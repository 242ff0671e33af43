/// What a run is asked to do.
public struct RunSettings: Sendable {
  public var modelPath: String
  /// nil: the only model of the module.
  public var modelName: String?
  public var data: DataSource
  public var task: LearningTask
  public var loss: Loss
  public var length = Length.epochs(10)
  public var batch = 64
  public var optimizer = Optimizer()
  public var schedule = RateSchedule()
  public var seed: UInt64 = 0
  /// The largest global norm of the gradient; nil: no limit.
  public var clip: Double?
  public var threads = 1
  public var pieces = 4
  /// A run ends after so many evaluations in which the validation loss has not become less; nil: it does not.
  public var patience: Int?
  /// Steps from one evaluation to the next; nil: an epoch, or as many as make a hundred evaluations.
  public var evaluateEvery: Int?
  /// Further steps to evaluate after.
  public var evaluateAt: [Int] = []
  /// Steps from one checkpoint to the next; nil: as from one evaluation to the next by default, and five seconds at least.
  public var checkpointEvery: Int?
  public var out: String
  public var resume = false
  /// Whether live.html is written as the run goes.
  public var isLive = false
  /// A file of weights to start from.
  public var weightsPath: String?
  /// How many images to use, the first ones; nil: all.
  public var trainLimit, testLimit: Int?
  /// Steps after which outputs are saved.
  public var snapshots: [Int] = []
  /// The test samples whose outputs they are; nil: the first ten, or as many as there are.
  public var snapshotSamples: [Int]?

  public enum Length: Sendable, Equatable {
    case epochs(Int)
    case steps(Int)
  }

  public init(modelPath: String, dataFolder: String, task: LearningTask, loss: Loss, out: String) {
    self.modelPath = modelPath
    data = DataSource(dataFolder)
    self.task = task
    self.loss = loss
    self.out = out
  }
}

/// All that the bits of a run depend on beside its length, as fields with values for a user to read.
///
/// A run is only resumed with the same.
struct RunConfiguration: Equatable {
  let fields: [(name: String, value: String)]

  init(
    _ settings: RunSettings, _ model: Model, trainChecksum: UInt, testChecksum: UInt, validationChecksum: UInt?,
    initialWeights: UInt64?,
    totalSteps: Int
  ) {
    let (optimizer, schedule) = (settings.optimizer, settings.schedule)
    fields = [
      ("model", model.name),
      ("signature", model.signatureHash),
      ("real", model.realBytes == 4 ? "float" : "double"),
      ("task", settings.task.name),
      ("loss", settings.loss.rawValue),
      ("data", String(trainChecksum, radix: 16)),
      ("train-images", settings.trainLimit.map(String.init) ?? "all"),
      ("test-images", settings.testLimit.map(String.init) ?? "all"),
      ("batch", String(settings.batch)),
      ("optimizer", optimizer.kind.rawValue),
      ("momentum", String(optimizer.momentum)),
      ("weight-decay", String(optimizer.weightDecay)),
      ("lr", String(schedule.rate)),
      ("schedule", schedule.description(totalSteps: totalSteps)),
      ("warmup", String(schedule.warmup)),
      ("seed", String(settings.seed)),
      ("clip", settings.clip.map { String($0) } ?? "none"),
      ("pieces", String(settings.pieces)),
      ("weights", initialWeights.map { String($0, radix: 16) } ?? "none"),
      ("validation", settings.data.validation.description(checksum: validationChecksum)),
      ("test-data", String(testChecksum, radix: 16)),
    ]
  }

  /// What fields were before there were such.
  private static let earlier = [
    "optimizer": "adam", "momentum": "0.0", "weight-decay": "0.0", "schedule": "constant", "warmup": "0",
    "validation": "none",
  ]

  init(metadata: [String: String]) {
    fields = metadata.filter { $0.key.hasPrefix(Self.prefix) }
      .map { (String($0.key.dropFirst(Self.prefix.count)), $0.value) }.sorted { $0.name < $1.name }
  }

  private static let prefix = "run."

  /// For a file of tensors.
  var metadata: [String: String] {
    Dictionary(uniqueKeysWithValues: fields.map { (Self.prefix + $0.name, $0.value) })
  }

  /// The fields in which `stored` differs, as one text; nil where none does.
  func differences(from stored: RunConfiguration) -> String? {
    let theirs = Dictionary(uniqueKeysWithValues: stored.fields.map { ($0.name, $0.value) })
    let texts = fields.compactMap { name, value in
      // Earlier checkpoints say nothing of the test data.
      let before = theirs[name] ?? Self.earlier[name] ?? (name == "test-data" ? value : nil)
      return before == value ? nil : "\(name) was \(before ?? "not there") and is \(value)"
    }
    return texts.isEmpty ? nil : texts.joined(separator: "; ")
  }

  static func == (a: RunConfiguration, b: RunConfiguration) -> Bool { a.differences(from: b) == nil }
}
