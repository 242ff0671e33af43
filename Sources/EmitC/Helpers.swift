/// Functions that every module with gradients has.
enum HelperName {
  static let place = "gradient_place"
  static let addShared = "add_shared"

  private static func name(_ name: String) -> CExpression { .name(name) }

  private static func isShared(_ comparison: String) -> CExpression {
    .binary("&&", .binary("==", name("stride"), .number("0")), .binary(comparison, name("b"), .number("0")))
  }

  static var placeFunction: CFunction {
    CFunction(
      specifiers: "static", result: "real *", name: place,
      parameters: [
        CParameter("void *", "bar"), CParameter("size_t", "stride"),
        CParameter("size_t", "b"), CParameter("real *", "aside"),
      ],
      body: [
        .returnValue(
          .conditional(
            .binary("||", .prefix("!", name("bar")), isShared(">")), name("aside"),
            .cast("real *", name("bar")) + name("b") * name("stride")))
      ])
  }

  static var addSharedFunction: CFunction {
    CFunction(
      specifiers: "static", result: "void", name: addShared,
      parameters: [
        CParameter("void *", "bar"), CParameter("size_t", "stride"),
        CParameter("size_t", "b"), CParameter("size_t", "size"),
        CParameter("const real *", "aside"),
      ],
      body: [
        .ifThen(
          .binary("&&", name("bar"), isShared(">")),
          [
            .constant("real *const ", "sum", name("bar")),
            .counting(
              "i", to: name("size"),
              [.expression(.binary("+=", .index(name("sum"), name("i")), .index(name("aside"), name("i"))))]),
          ])
      ])
  }
}
