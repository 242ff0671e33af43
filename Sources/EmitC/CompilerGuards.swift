/// What stands before everything else in a file, for compilers that would compile the rest wrongly.
enum CompilerGuards {
  static func items(realBytes: Int) -> [CItem] {
    var items: [CItem] = []
    if realBytes == 8 {
      items += [
        .comment(
          "gcc (seen in 11.3 and 12.2, no later one is known to be right) takes wrong entries where it permutes the 8 "
            + "doubles of a vector of 512 bits, at -O2 and -O3. Vectors of 256 bits are right."),
        .directive("#if defined __GNUC__ && !defined __clang__ && defined __AVX512F__"),
        .directive("#pragma GCC target(\"prefer-vector-width=256\")"), .directive("#endif"), .blank,
      ]
    }
    return items + [
      .comment(
        "Without -std=c.. gcc fuses products and sums where it sees fit, in one copy of a loop other than in another. "
          + "clang does so by the source alone."),
      .directive("#if defined __GNUC__ && !defined __clang__"),
      .directive("#pragma GCC optimize(\"fp-contract=off\")"), .directive("#endif"), .blank,
    ]
  }
}
