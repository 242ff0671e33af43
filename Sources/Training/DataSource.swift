import Foundation

/// Where a run's samples are.
public struct DataSource: Sendable, Equatable {
  /// A folder, or for the task `files` the file of the training samples.
  public var path: String
  /// The file of the test samples; nil: `test` of the folder.
  public var testPath: String?
  public var validation = Validation.none

  /// The samples by which the best parameters are chosen.
  public enum Validation: Sendable, Equatable {
    case none
    /// This part of the training samples, which are not learnt from then.
    case part(Double)
    case file(String)

    /// By which runs are told apart.
    func description(checksum: UInt?) -> String {
      switch self {
      case .none: "none"
      case .part(let part): String(part)
      case .file: "file " + String(checksum ?? 0, radix: 16)
      }
    }
  }

  public init(_ path: String, testPath: String? = nil) {
    self.path = path
    self.testPath = testPath
  }

  private var isFile: Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// The same where nothing is learnt: one file is what is measured.
  var alone: DataSource { isFile && testPath == nil ? DataSource(path, testPath: path) : self }

  /// The file of the training or test samples; nil where there is none of test samples.
  func file(_ part: Dataset.Part) throws -> String? {
    switch part {
    case .test where testPath != nil: return testPath
    case .test where isFile: return nil
    case .train where isFile: return path
    case .train, .test:
      if let found = try DataFile.find(part.rawValue, in: path) { return found }
      if part == .test { return nil }
      guard FileManager.default.fileExists(atPath: path) else {
        throw TrainingError("there is no file or folder \(path)")
      }
      let names = DataFile.suffixes.map { "\(part.rawValue).\($0)" }.joined(separator: ", ")
      throw TrainingError("there is none of \(names) in \(path); --data takes such a folder, or a file")
    }
  }
}
