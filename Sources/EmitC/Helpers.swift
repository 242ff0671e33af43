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
        CParameter(type: "void *", name: "bar"), CParameter(type: "size_t", name: "stride"),
        CParameter(type: "size_t", name: "b"), CParameter(type: "real *", name: "aside"),
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
        CParameter(type: "void *", name: "bar"), CParameter(type: "size_t", name: "stride"),
        CParameter(type: "size_t", name: "b"), CParameter(type: "size_t", name: "size"),
        CParameter(type: "const real *", name: "aside"),
      ],
      body: [
        .ifThen(
          .binary("&&", name("bar"), isShared(">")),
          [
            .variable(
              CVariable(type: "real *const ", name: "sum", extent: nil, initial: .expression(name("bar")))),
            .forLoop(
              first: CVariable(type: "size_t", name: "i", extent: nil, initial: .expression(.number("0"))),
              condition: .binary("<", name("i"), name("size")), step: .postfix("++", name("i")),
              body: [
                .expression(.binary("+=", .index(name("sum"), name("i")), .index(name("aside"), name("i"))))
              ]),
          ])
      ])
  }
}
