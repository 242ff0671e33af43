extension Explanation {
  static let layerDoesNotFit = Explanation(
    title: "a layer does not fit what comes in, or what must come out",
    text: """
      The shapes of a net are found layer by layer. One parameter of type `Real[h,w]` or
      `Real[c,h,w]` comes in as an image of c channels; everything else comes in as a vector,
      several parameters one after another.

      ```text
      conv C KxK [stride S]    [c,h,w] -> [C,ceil(h/S),ceil(w/S)]      odd K, zero border
      conv C KxK ... valid     [c,h,w] -> [C,(h-K)/S+1,(w-K)/S+1]      rounded down
      maxpool P, avgpool P     [c,h,w] -> [c,h/P,w/P]                  rounded down
      dense N                  anything -> [N]
      ```

      The other layers keep the shape. What comes out of the last layer must have as many
      entries as the net's result type; it is reshaped. The last `dense` may leave out its
      size: it takes that of the result.

      ```cajal-error
      net kernel (x : Real[28, 28]) : Real[13, 13] = conv 16 5x5 | relu | maxpool 3
      ```

      ```cajal
      net kernel (x : Real[28, 28]) : Real[13, 13] = conv 16 5x5 | relu | maxpool 3 | dense
      ```

      The message names the layer and the shapes before it.

      Why: shapes are known when a net is compiled, so that nothing about them is left to run
      time.
      """)

  static let notData = Explanation(
    title: "a net is applied to something that is not data",
    text: """
      A model has two zones. *Data* may be used any number of times: the model's parameters,
      and everything that is computed from them alone. What `fun` binds is linear, as in a
      program, and so is what depends on it. A net is not linear in what it is applied to, so
      that it is applied to data only.

      ```cajal-error
      net k (x : Real[9, 9]) : Real[3, 3] = dense
      def twice : (Real[9, 9] -o Real[9, 9]) -o Real[9, 9] -o Real[9, 9] = fun f x => f x
      model m (x : Real[9, 9]) : Real[9, 9] = twice (fun y => conv2d (k y) x) x
      ```

      ```cajal
      net k (x : Real[9, 9]) : Real[3, 3] = dense
      model m (x : Real[9, 9]) : Real[9, 9] = let y = 2 * x in conv2d (k y) y
      ```

      The state of an iteration counts as data in its step where a net is applied to it, and
      where it is marked by `!`:

      ```cajal
      net k (x : Real[9, 9]) : Real[3, 3] = dense
      net n (x : Real[9, 9]) : Nat = dense
      model m (x : Real[9, 9]) : Real[9, 9] = iter { x | y => conv2d (k y) y } (n x)
      model o (x : Real[9, 9]) : Real[9, 9] = iter { x | !y => 0.5 * y + 1 } (n x)
      ```

      Why: what is computed by a program is compiled to a linear map of its variables. A net
      in the middle of it would be hidden from that; in a model, `cajal2c check` shows where
      the nets are.
      """)

  static let netNotApplied = Explanation(
    title: "a net is not applied to all of its arguments",
    text: """
      A net is no value of the language: it cannot be passed on, named, or applied to some of
      its arguments only.

      ```cajal-error
      net even (x : Real[9], y : Real[9]) : Bool = dense 20 | relu | dense
      model m (x : Real[9]) : Bool = even x
      ```

      ```cajal
      net even (x : Real[9], y : Real[9]) : Bool = dense 20 | relu | dense
      model m (x : Real[9]) : Bool = even x x
      ```

      Why: a function of the language that is passed on becomes a matrix, and a net has none.
      """)

  static let notCallable = Explanation(
    title: "a net or a model is used where it cannot be",
    text: """
      Nets are used by models alone, and models by nobody: they are called from outside, with
      their weights.

      ```cajal-error
      net even (x : Real[9]) : Bool = dense 20 | relu | dense
      program p (x : Real[9], y : Real[9]) : Real[9] = if even x then y else 2 * y
      ```

      A program takes what a net computes as a parameter, or is declared as a model:

      ```cajal
      net even (x : Real[9]) : Bool = dense 20 | relu | dense
      program p (c : Bool, y : Real[9]) : Real[9] = if c then y else 2 * y
      model m (x : Real[9]) : Real[9] = p (even x) x
      ```

      A model may call programs: what two models share is a program.
      """)

  static let unused = Explanation(
    title: "a net or a datum is never used",
    text: """
      Parameters of a model, and names that `let` gives to data, may be used any number of
      times or not at all; a net may be applied by any number of models. What is not used at
      all has no influence on any result, and was probably meant to have one.

      ```cajal-error
      net even (x : Real[9]) : Bool = dense 20 | relu | dense
      net odd (x : Real[9]) : Bool = dense 20 | relu | dense
      model m (x : Real[9], y : Real[9]) : Bool = even x
      ```

      Here `odd` and `y` are left over. Use them, or remove them:

      ```cajal
      net even (x : Real[9]) : Bool = dense 20 | relu | dense
      net odd (x : Real[9]) : Bool = dense 20 | relu | dense
      model m (x : Real[9], y : Real[9]) : Bool =
        if even x then odd y else even y
      ```

      A name that begins with `_` says that it is not used: `_y` where callers pass an input
      that this model does not need.

      Why this is only a warning: data need not be used. In the linear zone, and in programs,
      a variable that is not used is an error (E0102).
      """)

  static let netTooLarge = Explanation(
    title: "a net or a model is too large",
    text: """
      A layer may give up to 2^31 reals, and a net may have up to 2^31 parameters. A model,
      which is what is compiled, may have up to 2^28 in all of its nets: a gigabyte of
      floats, and four with the gradient and the moments of Adam. A `dense` layer has a
      parameter for every pair of an input and an output.

      ```cajal-error
      net f (x : Real[1000, 1000]) : Real[1000, 1000] = dense
      ```

      ```cajal
      net f (x : Real[1000, 1000]) : Real[1000, 1000] = conv 8 5x5 | relu | conv 1 5x5
      ```

      Convolutions have few parameters, and pooling makes what comes into `dense` smaller.
      """)
}
