import ArgumentParser
import Driver

struct Cajal2c: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cajal2c",
    abstract: "Compiles Cajal, a linear functional language, to C with generated adjoints.",
    discussion: """
      EXAMPLES
        cajal2c prog.cajal -o prog.c                 compile; prog.h is written beside prog.c
        cajal2c --emit-grad prog.cajal -o prog.c     with the adjoint of every program
        cajal2c prog.cajal --emit graph              print a stage of the compilation
        cajal2c check prog.cajal                     types, degrees and horizon bounds
        cajal2c eval prog.cajal --set n=3            evaluate a program
        cajal2c run prog.cajal --set x='[0.5, 1]'    a program or a model on vectors, or its derivative there
        cajal2c encode prog.cajal --set xs=End       a value as the compiled program takes it
        cajal2c matrix prog.cajal --program f        the matrix of a linear program
        cajal2c explore prog.cajal -o prog.html      a page that shows the file and what it becomes
        cajal2c verify prog.cajal                    compare the machine code with two oracles
        cajal2c fmt prog.cajal                       format a file
        cajal2c lsp                                  the language server, for editors
        cajal2c explain E0103                        what a message means

      Exit codes: 0 fine, 1 errors in the program, 2 wrong usage, 70 a bug in the compiler.
      """,
    version: compilerName,
    subcommands: [
      Compile.self, Check.self, Eval.self, Run.self, Encode.self, Matrix.self, Explore.self, Verify.self, Fmt.self,
      Lsp.self, Explain.self,
    ],
    defaultSubcommand: Compile.self)
}
