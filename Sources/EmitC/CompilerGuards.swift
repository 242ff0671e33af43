/// What stands before everything else in a file, for compilers that would compile the rest wrongly.
enum CompilerGuards {
  static func items(realBytes: Int) -> [CItem] {
    // Before all pragmas: in gcc 11 that of the optimisation forgets what -ffast-math has defined.
    var items: [CItem] = [
      .directive("#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)"),
      .directive(
        "#error \"compiled Cajal needs the arithmetic of IEEE 754: compile without -ffast-math and its parts\""),
      .directive("#endif"), .blank,
    ]
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
      .comment(
        "gcc (seen in 12.2, no later one is known to be right) makes block moves of loops that copy, and of a constant "
          + "block of 32 or 64 bytes that repeats one word and ends with zeros it loses these. Loops stay loops."),
      .directive("#if defined __GNUC__ && !defined __clang__ && defined __AVX__"),
      .directive("#pragma GCC optimize(\"no-tree-loop-distribute-patterns\")"), .directive("#endif"), .blank,
    ]
  }
}
