#!/bin/bash
# "Same" padding of a convolution with a stride means other windows from library to library, at equal shapes.
#
# Seen in onnx 1.23.2 with onnxruntime 1.32.0, jax 0.10.2 and keras 3.15.1 (its JAX backend), numpy 2.4.6, Python 3.11
# on x86-64. A kernel of 5 at stride 2 on 28 pixels gives 14 with every padding that is called "same". With two zeros
# on each side, as explicit pads in ONNX, and with SAME_LOWER, the first window begins two pixels before the image; with
# lax "SAME", ONNX SAME_UPPER and Keras "same" it begins one pixel before, and so all windows lie one pixel further on.
# On 27 pixels at stride 2, and at stride 1, all agree. At stride 3 on 27 pixels even SAME_LOWER begins one pixel
# before, and explicit zeros two: neither name means "half the kernel on each side".
#
# Why it matters: weights that are carried from one library to another load, the shapes agree, and what comes out looks
# like an image that is a little off; nothing reports it.
# Expected, by the name: one set of windows for one shape. What is true: with P = max((ceil(n/S) - 1) S + K - n, 0) the
# zeros before the image are floor(P/2) for "same" and SAME_UPPER, and ceil(P/2) for SAME_LOWER. A cure: explicit pads.
#
# Prints, for each, the zeros before the image, found by the tap that the image's first pixel meets. It installs the
# packages into a new environment, which takes a minute. Exits with 0 where all is as it was seen, or where the packages
# cannot be installed ("skipped"), with 1 where it has changed.
set -u
folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
if ! python3 -m venv venv >log 2>&1 ||
  ! venv/bin/pip install -q 'jax[cpu]==0.10.2' onnx==1.23.2 onnxruntime==1.32.0 keras==3.15.1 >>log 2>&1; then
  echo "skipped: $(tail -1 log)"
  exit 0
fi
cat >windows.py <<'EOF2'
import os
import sys

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy
import onnxruntime
from jax import lax
from onnx import TensorProto, helper


def onnx_conv(x, k, stride, **padding):
    node = helper.make_node("Conv", ["x", "k"], ["y"], strides=[stride] * 2, **padding)
    inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, v.shape) for n, v in (("x", x), ("k", k))]
    output = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph([node], "g", inputs, [output])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x, "k": k})[0]


def keras_conv(x, k, stride):
    y = keras.ops.conv(x.transpose(0, 2, 3, 1), k.transpose(2, 3, 1, 0), stride, "same", data_format="channels_last")
    return numpy.asarray(y).transpose(0, 3, 1, 2)


ways = {
    "K/2 each side": lambda x, k, s: onnx_conv(x, k, s, pads=[k.shape[2] // 2] * 4),
    "ONNX SAME_LOWER": lambda x, k, s: onnx_conv(x, k, s, auto_pad="SAME_LOWER"),
    "ONNX SAME_UPPER": lambda x, k, s: onnx_conv(x, k, s, auto_pad="SAME_UPPER"),
    "lax SAME": lambda x, k, s: numpy.asarray(lax.conv_general_dilated(x, k, (s, s), "SAME")),
    "lax SAME_LOWER": lambda x, k, s: numpy.asarray(lax.conv_general_dilated(x, k, (s, s), "SAME_LOWER")),
    "Keras same": keras_conv,
}
seen = {
    (28, 5, 1): [2, 2, 2, 2, 2, 2],
    (28, 5, 2): [2, 2, 1, 1, 2, 1],
    (27, 5, 2): [2, 2, 2, 2, 2, 2],
    (27, 5, 3): [2, 1, 1, 1, 1, 1],
    (28, 5, 3): [2, 2, 2, 2, 2, 2],
    (29, 5, 3): [2, 2, 1, 1, 2, 1],
    (27, 3, 3): [1, 0, 0, 0, 0, 0],
}
print("pixels kernel stride  " + "  ".join(ways))
changed = False
for (size, width, stride), expected in seen.items():
    image = numpy.zeros((1, 1, size, size), "float32")
    image[0, 0, 0, 0] = 1
    kernel = numpy.arange(1, width * width + 1, dtype="float32").reshape(1, 1, width, width)
    results = [convolve(image, kernel, stride) for convolve in ways.values()]
    before = [(int(y[0, 0, 0, 0]) - 1) // width for y in results]
    print(f"{size:6} {width:6} {stride:6}  " + "  ".join(f"{n:{len(way)}}" for n, way in zip(before, ways)))
    changed |= before != expected or len({y.shape for y in results}) != 1
print("changed" if changed else "as it was seen: zeros before the image, where every shape is the same")
sys.exit(changed)
EOF2
venv/bin/python windows.py 2>log || { cat log; exit 1; }
