/// Every kind of message, with a code that never changes its meaning. `cajal2c explain CODE` prints the long text.
public enum DiagnosticCode: String, CaseIterable, Sendable {
  // The text (E00xx)
  case invalidUTF8 = "E0001"
  case unexpectedCharacter = "E0002"
  case unterminatedComment = "E0003"
  case malformedNumber = "E0004"
  case unexpectedToken = "E0005"
  case nestedTooDeeply = "E0006"
  case nameTooLong = "E0007"
  case unreadableFile = "E0008"
  case fileTooLarge = "E0009"
  case emptyFile = "E0010"
  case unwritableFile = "E0011"

  // Linearity (E01xx)
  case usedTwice = "E0101"
  case neverUsed = "E0102"
  case usedInOneBranch = "E0103"
  case capturedByStep = "E0104"
  case noMatrix = "E0105"
  case notLinear = "E0106"
  case tableHasNoTensor = "E0107"

  // Types (E02xx)
  case typeMismatch = "E0201"
  case notAFunction = "E0202"
  case binderNeedsType = "E0203"
  case baseAndStepDiffer = "E0204"
  case branchesDiffer = "E0205"
  case notReal = "E0206"
  case shapesDoNotFit = "E0207"
  case needsExpectedType = "E0208"
  case raggedLiteral = "E0209"
  case layerDoesNotFit = "E0210"
  case notData = "E0211"
  case netNotApplied = "E0212"
  case missingAlternative = "E0213"
  case repeatedAlternative = "E0214"
  case foreignAlternative = "E0215"
  case wrongBinderCount = "E0216"
  case notFolded = "E0217"
  case noDimension = "E0218"
  case tableNeedsRows = "E0219"
  case noTable = "E0220"

  // Names and declarations (E03xx)
  case unknownVariable = "E0301"
  case unknownType = "E0302"
  case duplicateDeclaration = "E0303"
  case duplicateParameter = "E0304"
  case recursiveDefinition = "E0305"
  case recursiveType = "E0306"
  case badHorizon = "E0307"
  case noSuchProgram = "E0308"
  case clashingCName = "E0309"
  case notCallable = "E0310"
  case mutualData = "E0311"
  case higherOrderRecursion = "E0312"
  case fieldOfRecursiveType = "E0313"
  case noLeafConstructor = "E0314"
  case duplicateBinder = "E0315"

  // Limits (E04xx)
  case typeTooLarge = "E0401"
  case unfoldsTooFar = "E0402"
  case droppedEntry = "E0403"
  // E0404 was "models are not supported".
  case stepsExhausted = "E0405"
  case missingValue = "E0406"
  case badBound = "E0407"
  case numberTooLarge = "E0408"
  case netTooLarge = "E0409"
  case weightsDoNotFit = "E0410"
  case badNatural = "E0411"
  case badRows = "E0412"
  case boundedTable = "E0413"
  case inspectsState = "E0414"
  case noEncoding = "E0415"

  // Warnings (W05xx)
  case entryMayBeDropped = "W0501"
  case linearExtension = "W0502"
  case numberVanishes = "W0503"
  case unused = "W0504"

  public var defaultSeverity: Severity { rawValue.hasPrefix("W") ? .warning : .error }
}
