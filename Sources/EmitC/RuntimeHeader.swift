/// The runtime's headers, as emitted files include them.
enum RuntimeHeader: String, CaseIterable {
  case types = "cajal.h"
  case checks = "cajal_check.h"
  case kernels = "cajal_kernels.h"
  case lanes = "cajal_lanes.h"

  /// In quotes; a module's own header that has the name of one of these would be found first then, so that only the
  /// folders of -I are searched.
  func quoted(beside header: String) -> String {
    RuntimeHeader.isHidden(by: header) ? "<\(rawValue)>" : "\"\(rawValue)\""
  }

  static func isHidden(by header: String) -> Bool { allCases.contains { $0.rawValue == header } }
}

/// A module's own header in its C: included, or written out where no #include can say its name.
struct IncludedHeader {
  let written: HeaderEmitter

  func items() -> [CItem] {
    let header = written.scheduled.module.options.headerName
    if IncludedHeader.canInclude(header) {
      return written.beforeInclude + [.directive("#include \"\(header)\""), .blank]
    }
    return [.comment("What \(header) says, which no #include can name.")] + written.declarations()
  }

  /// Between the quotes of an #include there are no escapes.
  private static func canInclude(_ name: String) -> Bool {
    name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }
}
