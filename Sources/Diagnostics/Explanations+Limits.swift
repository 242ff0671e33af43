// E04xx: limits. W05xx: warnings.

extension Explanation {
  static let typeTooLarge = Explanation(
    title: "a type has too many dimensions",
    text: """
      The dimension of `τ1 -o τ2` is the product of those of `τ1` and `τ2`, and the
      dimension of `Real[d1, …, dk]` is the product of its extents. This one is beyond what
      a machine can address.

      ```cajal-error
      program p (f : Real[1000000, 1000000] -o Real[1000000, 1000000]) :
        Real[1000000, 1000000] -o Real[1000000, 1000000] = f
      ```

      ```cajal
      program p (f : Real[1000] -o Real[1000]) : Real[1000] -o Real[1000] = f
      ```

      Functions that do not cross an interface need no matrix and have no such limit.
      A smaller horizon makes every `Nat` smaller.

      Why: where a function crosses an interface, callers pass its matrix.
      """)

  static let unfoldsTooFar = Explanation(
    title: "an iteration unfolds too far",
    text: """
      An iteration whose state is a function stays a loop if the state can be a matrix.
      Where the state is not linear in its own variable there is no matrix, and the rounds
      are unfolded one by one. Here that gives more code than is reasonable.

      ```cajal-error
      horizon 1000000
      program p (h : Bool -o Bool, n : Nat) : Bool =
        (iter {
          fun (g : Bool -o Bool) => g true
          | f => fun (g : Bool -o Bool) => f (fun (b : Bool) => iter { b | y => g y } (2))
        } (n)) h
      ```

      Lower the horizon, or iterate on what the function is applied to:

      ```cajal
      horizon 1000000
      program p (h : Bool -o Bool, n : Nat) : Bool =
        iter { true | y => iter { y | z => h z } (2) } (n)
      ```

      Why: a loop in C has a state of fixed size, and a function without a matrix has none.
      """)

  static let droppedEntry = Explanation(
    title: "an entry of a Nat is dropped at the horizon",
    text: """
      With `--overflow error`, a `Nat` that can reach the horizon is an error. With horizon
      H a `Nat` is one of 0 … H−1, and the successor of H−1 has nowhere to go.

      ```cajal-error
      horizon 3
      program p () : Nat = succ 2
      ```

      ```cajal
      horizon 4
      program p () : Nat = succ 2
      ```

      Without `--overflow error` this is the warning W0501, which says more.

      Why: evaluation and compilation agree exactly where nothing is dropped.
      """)

  static let stepsExhausted = Explanation(
    title: "the evaluator has used up its steps",
    text: """
      `cajal2c eval` stops after a number of steps, which `--steps N` sets. Evaluation
      always ends, but nested iterations can take a very long time to do so.

      ```text
      cajal2c eval prog.cajal --set n=1000000 --steps 1000
      ```

      ```cajal
      program slow (n : Nat) : Nat = iter { 0 | y => succ y } (n)
      ```

      Give more steps, or smaller values.

      Why: a limit that is reported is better than a terminal that hangs.
      """)

  static let missingValue = Explanation(
    title: "a parameter has no value",
    text: """
      `cajal2c eval` and `cajal2c run` need a value for every parameter of the program; to run
      a model they need its weights too.

      ```text
      cajal2c eval prog.cajal --set x=true
      ```

      ```cajal
      program flip (x : Bool, n : Nat) : Bool =
        iter { x | y => if y then false else true } (n)
      ```

      Here `--set n=3` is missing. A function is given as an expression:
      `--set f='fun (x : Bool) => x'`.

      Why: a program with free variables has no value.
      """)

  static let badBound = Explanation(
    title: "a bound on a parameter is not valid",
    text: """
      `x : type within norm c` links v if ‖v‖ ≤ c, and c·v/‖v‖ otherwise. The norm is one
      of `l1`, `l2` and `linf`, taken over the entries; c is a positive number.

      ```cajal-error
      program p (v : Real[2] within l2 0) : Real[2] = v
      ```

      ```cajal
      program p (v : Real[2] within l2 1.0) : Real[2] = v
      ```

      Why: with a bound of 0 nothing but 0 could be linked. Bounds keep iterations from
      growing: for a convolution kernel `within l1 1`, no round can enlarge the largest
      entry of the image.
      """)

  static let numberTooLarge = Explanation(
    title: "a number is too large for the reals of the generated code",
    text: """
      Generated code computes with `float`, whose largest number is about 3.4e38, or, with
      `--real double`, with `double`. A number of the program that is larger would become an
      infinity, and everything that it touches as well.

      ```cajal-error
      program p (x : Real) : Real = 1e300 * x
      ```

      ```cajal
      program p (x : Real) : Real = 1e30 * x
      ```

      Why: the evaluator computes in double precision, so the compiled map would not agree
      with the program. Compile with `--real double`, or use a smaller number.
      """)

  static let weightsDoNotFit = Explanation(
    title: "the weights do not fit the models",
    text: """
      `--weights file.safetensors` embeds trained parameters. The file has to hold exactly
      the tensors of the models, by name and shape, in F32 or F64, and only finite numbers.
      The message lists what is missing, unknown or of another shape. A run that
      `explore --run` names has to be of a model of the file, as the file has it now.

      A tensor is named after its net, the place of its layer and its role:
      `kernel.0.weight` is the first layer of `net kernel`. The map that
      `--type-preserving` puts in the place of a program is named after the model.

      ```cajal
      net kernel (x : Real[5,5]) : Real[3,3] = dense 20 | relu | dense
      model m (x : Real[5,5]) : Real[5,5] = conv2d (kernel x) x
      ```

      has the tensors `kernel.0.weight` [20,25], `kernel.0.bias` [20], `kernel.2.weight`
      [9,20] and `kernel.2.bias` [9].

      Why: parameters that belong to other layers would give a model that runs and is wrong.
      """)

  static let entryMayBeDropped = Explanation(
    title: "an entry of a Nat may be dropped at the horizon",
    text: """
      With horizon H a `Nat` is one of 0 … H−1: its space has dimension H. The successor of
      H−1 has nowhere to go, and its entry is dropped. The compiler bounds every `Nat` of a
      program, taking 0 … H−1 for those that come from outside, and warns where this can
      happen.

      ```cajal-error
      horizon 2
      program two () : Nat = succ succ 0
      ```

      ```cajal
      horizon 3
      program two () : Nat = succ succ 0
      ```

      The message names the least horizon that is enough. For a program that adds to its
      input there is none, because the input grows with the horizon; whoever calls it then
      takes care that its values stay small. `--overflow error` turns the warning into an
      error (E0403).

      Why: where nothing is dropped, evaluation and compilation agree exactly. Where
      something is, the compiled program gives a vector with less weight than it should
      have, down to zero.
      """)

  static let numberVanishes = Explanation(
    title: "a number becomes 0 in the reals of the generated code",
    text: """
      The smallest `float` above 0 is about 1.4e-45. A number of the program that is closer to 0
      becomes 0 in generated code, unless it is compiled with `--real double`.

      ```cajal-error
      program p (x : Real) : Real = 1e-300 * x
      ```

      ```cajal
      program p (x : Real) : Real = 1e-30 * x
      ```

      Why this is only a warning: next to other terms so small a number often makes no
      difference. Where it does, compile with `--real double`.
      """)

  static let linearExtension = Explanation(
    title: "a matrix is the linear extension of its values on the basis",
    text: """
      A function of a `Bool` or a `Nat` crosses an interface and becomes a matrix, but it
      is not linear in its variable: a step uses it once a round.

      ```cajal-error
      program p (n : Nat) : Bool -o Bool =
        fun (b : Bool) =>
          iter { true | y => if b then y else (if y then false else true) } (n)
      ```

      The columns of the matrix are the function's results for `true` and `false` (or 0, 1,
      2, …). On values it is exact. In between, where networks are linked, it is the linear
      map through these results, and not the polynomial that the function itself is.

      As a parameter the variable keeps its polynomial:

      ```cajal
      program p (b : Bool, n : Nat) : Bool =
        iter { true | y => if b then y else (if y then false else true) } (n)
      ```

      Why: the matrix agrees with evaluation, but its derivative is not that of the
      function it stands for.
      """)
}
