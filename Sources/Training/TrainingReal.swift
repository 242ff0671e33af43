import TensorFiles
import TrainingKernels

/// The real numbers of a model: `Float` or `Double`, with the loops over parameters.
public protocol TrainingReal: BinaryFloatingPoint, TensorElement {
  /// Updates parameters and moments; returns how many of them are NaN or infinite now.
  static func adam(
    _ numbers: training_adam, _ count: Int, parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    first: UnsafeMutablePointer<Self>, second: UnsafeMutablePointer<Self>
  ) -> Int

  /// The same for a step of gradient descent.
  static func sgd(
    _ numbers: training_sgd, _ count: Int, parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    velocity: UnsafeMutablePointer<Self>
  ) -> Int

  static func add(_ count: Int, _ values: UnsafePointer<Self>, to sum: UnsafeMutablePointer<Self>)

  static func sumOfSquares(_ count: Int, _ values: UnsafePointer<Self>) -> Double
}

extension Float: TrainingReal {
  public static func adam(
    _ numbers: training_adam, _ count: Int, parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    first: UnsafeMutablePointer<Self>, second: UnsafeMutablePointer<Self>
  ) -> Int { training_adam_f32(numbers, count, parameters, gradient, first, second) }

  public static func sgd(
    _ numbers: training_sgd, _ count: Int, parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    velocity: UnsafeMutablePointer<Self>
  ) -> Int { training_sgd_f32(numbers, count, parameters, gradient, velocity) }

  public static func add(_ count: Int, _ values: UnsafePointer<Self>, to sum: UnsafeMutablePointer<Self>) {
    training_add_f32(count, sum, values)
  }

  public static func sumOfSquares(_ count: Int, _ values: UnsafePointer<Self>) -> Double {
    training_squares_f32(count, values)
  }
}

extension Double: TrainingReal {
  public static func adam(
    _ numbers: training_adam, _ count: Int, parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    first: UnsafeMutablePointer<Self>, second: UnsafeMutablePointer<Self>
  ) -> Int { training_adam_f64(numbers, count, parameters, gradient, first, second) }

  public static func sgd(
    _ numbers: training_sgd, _ count: Int, parameters: UnsafeMutablePointer<Self>, gradient: UnsafePointer<Self>,
    velocity: UnsafeMutablePointer<Self>
  ) -> Int { training_sgd_f64(numbers, count, parameters, gradient, velocity) }

  public static func add(_ count: Int, _ values: UnsafePointer<Self>, to sum: UnsafeMutablePointer<Self>) {
    training_add_f64(count, sum, values)
  }

  public static func sumOfSquares(_ count: Int, _ values: UnsafePointer<Self>) -> Double {
    training_squares_f64(count, values)
  }
}
