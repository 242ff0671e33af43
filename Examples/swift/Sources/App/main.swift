// main.swift
import Cajal
import Turn

let module = try Module(linked: turn_module_info())
let flip = try module.program("flip", of: Float.self)
print("flipped:", try flip([[1, 0], [0.25, 0.75]]))

// A model with the weights that were embedded. One x for both samples of the batch.
let turn = try module.model("turn", of: Float.self)
let kept = try turn.forwardKeeping([.shared([1, 0]), .packed([1, 0, 0, 1])], batch: 2)
print("turned:", kept.result)
let gradients = try kept.gradientsWithParameters([1, 0, 1, 0], in: ["s"])
print("gradient in s:", gradients.inputs["s"]!)
print("gradient in the parameters:", gradients.parameters)
