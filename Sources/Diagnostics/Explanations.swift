/// The page behind a diagnostic code: what it means, an example, the example put right, and why the rule exists.
///
/// Code blocks are marked `cajal` where they are correct and `cajal-error` where they show the error.
struct Explanation {
  let title: String
  let text: String
}

extension DiagnosticCode {
  /// The kind of message in a few words.
  public var title: String { page.title }

  /// The long text that `cajal2c explain CODE` prints, in Markdown; ends with a line break.
  public var explanation: String { "# \(rawValue): \(page.title)\n\n\(page.text)\n" }

  private var page: Explanation {
    switch self {
    case .invalidUTF8: .invalidUTF8
    case .unexpectedCharacter: .unexpectedCharacter
    case .unterminatedComment: .unterminatedComment
    case .malformedNumber: .malformedNumber
    case .unexpectedToken: .unexpectedToken
    case .nestedTooDeeply: .nestedTooDeeply
    case .nameTooLong: .nameTooLong
    case .unreadableFile: .unreadableFile
    case .fileTooLarge: .fileTooLarge
    case .emptyFile: .emptyFile
    case .unwritableFile: .unwritableFile
    case .usedTwice: .usedTwice
    case .neverUsed: .neverUsed
    case .usedInOneBranch: .usedInOneBranch
    case .capturedByStep: .capturedByStep
    case .noMatrix: .noMatrix
    case .notLinear: .notLinear
    case .tableHasNoTensor: .tableHasNoTensor
    case .typeMismatch: .typeMismatch
    case .notAFunction: .notAFunction
    case .binderNeedsType: .binderNeedsType
    case .baseAndStepDiffer: .baseAndStepDiffer
    case .branchesDiffer: .branchesDiffer
    case .notReal: .notReal
    case .shapesDoNotFit: .shapesDoNotFit
    case .needsExpectedType: .needsExpectedType
    case .raggedLiteral: .raggedLiteral
    case .layerDoesNotFit: .layerDoesNotFit
    case .notData: .notData
    case .netNotApplied: .netNotApplied
    case .missingAlternative: .missingAlternative
    case .repeatedAlternative: .repeatedAlternative
    case .foreignAlternative: .foreignAlternative
    case .wrongBinderCount: .wrongBinderCount
    case .notFolded: .notFolded
    case .noDimension: .noDimension
    case .tableNeedsRows: .tableNeedsRows
    case .noTable: .noTable
    case .badRounds: .badRounds
    case .notConserved: .notConserved
    case .mayBeNegative: .mayBeNegative
    case .stateIsNotData: .stateIsNotData
    case .badEntry: .badEntry
    case .onDataOnly: .onDataOnly
    case .dividedByZero: .dividedByZero
    case .unknownVariable: .unknownVariable
    case .unknownType: .unknownType
    case .duplicateDeclaration: .duplicateDeclaration
    case .duplicateParameter: .duplicateParameter
    case .recursiveDefinition: .recursiveDefinition
    case .recursiveType: .recursiveType
    case .badHorizon: .badHorizon
    case .noSuchProgram: .noSuchProgram
    case .clashingCName: .clashingCName
    case .notCallable: .notCallable
    case .mutualData: .mutualData
    case .higherOrderRecursion: .higherOrderRecursion
    case .fieldOfRecursiveType: .fieldOfRecursiveType
    case .noLeafConstructor: .noLeafConstructor
    case .duplicateBinder: .duplicateBinder
    case .typeTooLarge: .typeTooLarge
    case .unfoldsTooFar: .unfoldsTooFar
    case .droppedEntry: .droppedEntry
    case .stepsExhausted: .stepsExhausted
    case .missingValue: .missingValue
    case .badBound: .badBound
    case .numberTooLarge: .numberTooLarge
    case .weightsDoNotFit: .weightsDoNotFit
    case .netTooLarge: .netTooLarge
    case .badNatural: .badNatural
    case .badRows: .badRows
    case .boundedTable: .boundedTable
    case .inspectsState: .inspectsState
    case .noEncoding: .noEncoding
    case .entryMayBeDropped: .entryMayBeDropped
    case .linearExtension: .linearExtension
    case .numberVanishes: .numberVanishes
    case .unused: .unused
    }
  }
}
