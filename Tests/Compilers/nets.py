"""Layers (docs/LANGUAGE.md, section 6), on shapes and lists of entries."""
import math

from equations import dimension
from tape import by, total, value_of


def dense(size, shape, x, weights):
    w, b = weights
    return [size], [total([b[i]] + [w[i * len(x) + j] * x[j] for j in range(len(x))]) for i in range(size)]


def conv(outputs, kh, kw, shape, x, weights):
    (c, h, w), (k, b) = shape, weights
    return [outputs, h, w], [
        total([b[o]] + [
            k[((o * c + n) * kh + i) * kw + j] * x[(n * h + r + i - kh // 2) * w + s + j - kw // 2]
            for n in range(c) for i in range(kh) for j in range(kw)
            if 0 <= r + i - kh // 2 < h and 0 <= s + j - kw // 2 < w])
        for o in range(outputs) for r in range(h) for s in range(w)]


def maxpool(size, shape, x):
    c, h, w = shape
    return [c, h // size, w // size], [
        max((x[(n * h + r * size + i) * w + s * size + j] for i in range(size) for j in range(size)), key=value_of)
        for n in range(c) for r in range(h // size) for s in range(w // size)]


def softmax(x):
    powers = [by(math.exp, lambda _, y: y, p) for p in x]
    inverse = by(lambda t: 1 / t, lambda _, y: -y * y, total(powers))
    return [p * inverse for p in powers]


def weight_sizes(layers, shape, result):
    """Sizes of all tensors of a net, in their order."""
    sizes = []
    for layer in layers:
        if layer[0] == "dense":
            size = layer[1] or result
            sizes += [size * math.prod(shape), size]
            shape = [size]
        elif layer[0] == "conv":
            sizes += [layer[1] * shape[0] * layer[2] * layer[3], layer[1]]
            shape = [layer[1]] + shape[1:]
        elif layer[0] == "maxpool":
            shape = [shape[0], shape[1] // layer[1], shape[2] // layer[1]]
    return sizes


def run_net(layers, shape, x, tensors, result):
    tensors = list(tensors)
    for layer in layers:
        if layer[0] == "dense":
            shape, x = dense(layer[1] or result, shape, x, [tensors.pop(0), tensors.pop(0)])
        elif layer[0] == "conv":
            shape, x = conv(layer[1], layer[2], layer[3], shape, x, [tensors.pop(0), tensors.pop(0)])
        elif layer[0] == "maxpool":
            shape, x = maxpool(layer[1], shape, x)
        elif layer[0] == "relu":
            x = [by(lambda v: max(v, 0.0), lambda v, _: 1.0 if v > 0 else 0.0, p) for p in x]
        elif layer[0] == "tanh":
            x = [by(math.tanh, lambda _, y: 1 - y * y, p) for p in x]
        elif layer[0] == "softmax":
            x = softmax(x)
    return x


def nets_in(e, nets, found):
    """The nets that a term mentions, in the order of their parameters: as they are declared."""
    if isinstance(e, (tuple, list)):
        if len(e) == 2 and e[0] == "name" and e[1] in nets:
            found.add(e[1])
        for part in e:
            nets_in(part, nets, found)
    return [name for name in nets if name in found]


def net_shape(parameters, horizon):
    t = parameters[0][1]
    if t[0] == "real" and len(t[1]) in (2, 3):
        return [1] * (3 - len(t[1])) + t[1]
    return [dimension(t, horizon)]
