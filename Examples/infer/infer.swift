// infer MODEL.so INDEX <IMAGES.idx >OUTPUT.pgm: the output of a trained model for one image of an IDX file.
import CCajal
import Foundation

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("infer: \(message)\n".utf8))
  exit(1)
}

let arguments = CommandLine.arguments
guard arguments.count == 3 else { fail("usage: infer MODEL.so INDEX <IMAGES.idx >OUTPUT.pgm") }
guard let index = Int(arguments[2]), index >= 0 else { fail("INDEX is a number from 0") }
guard let library = dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL) else { fail(String(cString: dlerror())) }
typealias Info = @convention(c) () -> UnsafePointer<cajal_module>
guard let symbol = dlsym(library, "cajal_module_info") else { fail("this is no module with a model") }
let module = unsafeBitCast(symbol, to: Info.self)().pointee
guard module.abi == CAJAL_ABI, module.model_count > 0 else { fail("this is no module with a model") }
let model = module.models[0]!.pointee
guard let weights = model.weights else { fail("the model holds no trained weights") }
guard model.input_count == 1, model.output.pointee.rank == 2, model.real_bytes == 4 else {
  fail("no map of images of floats")
}

let size = model.inputs[0]!.pointee.size
let (height, width) = (model.output.pointee.dims.0, model.output.pointee.dims.1)
let file = [UInt8](FileHandle.standardInput.readDataToEndOfFile())
guard file.count >= 16, index < (file.count - 16) / size else { fail("the file has fewer images") }
let image = file[(16 + index * size)...].prefix(size).map { Float($0) / 255 }
var result = [Float](repeating: 0, count: height * width)
let work = UnsafeMutableRawPointer.allocate(byteCount: model.workspace_bytes(1, 0), alignment: 64)
let status = image.withUnsafeBytes { model.forward(1, weights, [$0.baseAddress], [size], &result, work) }
guard status == 0 else { fail("the model refused the image") }
let pixels = result.map { UInt8(Double(min(max(0, $0), 1)) * 255 + 0.5) }  // a NaN is black
do { try FileHandle.standardOutput.write(contentsOf: Data("P5\n\(width) \(height)\n255\n".utf8) + pixels) } catch {
  fail("cannot write the output")
}
