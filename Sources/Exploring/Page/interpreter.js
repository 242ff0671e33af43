/** The meaning of graphs, as Sources/LinearMaps/Interpreter.swift says it: vectors are arrays of numbers. */
const Interpreter = (() => {
  const number = (text) => (text === 'inf' ? Infinity : text === '-inf' ? -Infinity : Number(text));

  /** The name and the settings of an operation's text. */
  const parse = (text) => {
    const at = text.search(/[[{]/);
    if (at < 0) return { name: text, settings: [] };
    const inner = text.slice(at + 1, -1);
    return { name: text.slice(0, at), settings: inner === '' ? [] : inner.split(', ') };
  };

  const zeros = (count) => new Array(count).fill(0);
  const unit = (index, count) => {
    const vector = zeros(count);
    if (index < count) vector[index] = 1;
    return vector;
  };
  const count = (extents) => extents.reduce((product, extent) => product * extent, 1);

  const product = ([left, right], settings) => {
    const [m, k, n] = settings.slice(0, 3).map(Number);
    const [isLeft, isRight] = [settings.includes('left'), settings.includes('right')];
    const result = zeros(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = 0; l < k; l++) {
          sum += left[isLeft ? l * m + i : i * k + l] * right[isRight ? j * k + l : l * n + j];
        }
        result[i * n + j] = sum;
      }
    }
    return result;
  };

  const middleProduct = ([tensor, x], settings) => {
    const [outer, inner, columns] = settings.map(Number);
    const result = zeros(outer * columns);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        for (let j = 0; j < columns; j++) result[o * columns + j] += tensor[(o * inner + i) * columns + j] * x[i];
      }
    }
    return result;
  };

  const convolution = ([first, second], settings) => {
    const sizes = settings.slice(0, 10).map(Number);
    const role = settings[10];
    const [kernel, image, stride, padding] = [sizes.slice(0, 4), sizes.slice(4, 7), sizes[7], sizes.slice(8, 10)];
    const out = [kernel[0]].concat(
      [0, 1].map((a) => Math.floor((image[a + 1] + 2 * padding[a] - kernel[a + 2]) / stride) + 1));
    const result = zeros(count({ out, image, kernel }[role]));
    for (let o = 0; o < kernel[0]; o++) {
      for (let c = 0; c < kernel[1]; c++) {
        for (let i = 0; i < out[1]; i++) {
          for (let j = 0; j < out[2]; j++) {
            for (let a = 0; a < kernel[2]; a++) {
              for (let b = 0; b < kernel[3]; b++) {
                const [row, column] = [stride * i + a - padding[0], stride * j + b - padding[1]];
                if (row < 0 || row >= image[1] || column < 0 || column >= image[2]) continue;
                const k = ((o * kernel[1] + c) * kernel[2] + a) * kernel[3] + b;
                const x = (c * image[1] + row) * image[2] + column;
                const y = (o * out[1] + i) * out[2] + j;
                if (role === 'out') result[y] += first[k] * second[x];
                if (role === 'image') result[x] += first[k] * second[y];
                if (role === 'kernel') result[k] += first[x] * second[y];
              }
            }
          }
        }
      }
    }
    return result;
  };

  /** For every window, the indices of its entries. */
  const windows = (settings) => {
    const [channels, height, width, size] = settings.map(Number);
    const all = [];
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < Math.floor(height / size); i++) {
        for (let j = 0; j < Math.floor(width / size); j++) {
          const window = [];
          for (let e = 0; e < size * size; e++) {
            window.push((c * height + i * size + Math.floor(e / size)) * width + j * size + (e % size));
          }
          all.push(window);
        }
      }
    }
    return all;
  };
  const imageSize = (settings) => count(settings.slice(0, 3).map(Number));
  /** The first of equal maxima; a NaN counts as one. */
  const firstMaximum = (window, x) => window.reduce(
    (best, index) => (x[index] > x[best] || (Number.isNaN(x[index]) && !Number.isNaN(x[best])) ? index : best));

  const ballSize = (norm, v) => {
    const largest = v.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
    if (norm === 'linf') return largest;
    if (norm === 'l1') return v.reduce((sum, x) => sum + Math.abs(x), 0);
    return largest === 0 ? 0 : largest * Math.sqrt(v.reduce((sum, x) => sum + (x / largest) ** 2, 0));
  };
  const bound = ([v], [norm, radiusText]) => {
    const [size, radius] = [ballSize(norm, v), number(radiusText)];
    return size <= radius ? v : v.map((x) => radius * (x / size));
  };
  const boundAdjoint = ([v, w], [norm, radiusText]) => {
    const [size, radius] = [ballSize(norm, v), number(radiusText)];
    if (size <= radius) return w;
    const inner = v.reduce((sum, x, i) => sum + (x / size) * w[i], 0);
    const largest = v.findIndex((x) => Math.abs(x) === size);
    return v.map((x, i) => {
      const s = norm === 'l2' ? x / size : norm === 'l1' || i === largest ? Math.sign(x) : 0;
      return (radius / size) * (w[i] - s * inner);
    });
  };

  const softmax = ([x]) => {
    const largest = x.reduce((most, entry) => Math.max(most, entry), -Infinity);
    const powers = x.map((entry) => Math.exp(entry - largest));
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => power / total);
  };
  const softmaxAdjoint = ([y, w]) => {
    const inner = y.reduce((sum, entry, i) => sum + entry * w[i], 0);
    return y.map((entry, i) => entry * (w[i] - inner));
  };

  const takesFirst = { min: (a, b) => Number.isNaN(a) || a <= b, max: (a, b) => Number.isNaN(a) || a >= b };
  const choice = (name) => ([x]) => {
    const size = x.length / 2;
    return x.slice(0, size).map((a, i) => (takesFirst[name](a, x[size + i]) ? a : x[size + i]));
  };
  const choiceAdjoint = (name) => ([x, w]) => {
    const isFirst = w.map((_, i) => takesFirst[name](x[i], x[w.length + i]));
    return w.map((entry, i) => (isFirst[i] ? entry : 0)).concat(w.map((entry, i) => (isFirst[i] ? 0 : entry)));
  };

  /** Functions of one real, and their derivatives by the result or, where it says so, by the operand. */
  const activations = {
    relu: [(x) => (x > 0 || Number.isNaN(x) ? x : 0), (y) => (y > 0 ? 1 : 0)],
    tanh: [Math.tanh, (y) => 1 - y * y],
    sigmoid: [(x) => 1 / (1 + Math.exp(-x)), (y) => y * (1 - y)],
    softplus: [(x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), (y) => -Math.expm1(-y)],
    exp: [Math.exp, (y) => y],
    sqrt: [Math.sqrt, (y) => 0.5 / y],
    recip: [(x) => 1 / x, (y) => -y * y],
    log: [Math.log, (x) => 1 / x],
    sin: [Math.sin, Math.cos],
    cos: [Math.cos, (x) => -Math.sin(x)],
    abs: [Math.abs, (x) => (x > 0 ? 1 : x < 0 ? -1 : 0)],
  };

  /** By name: operands, settings, and the dimension of the result. */
  const operations = {
    add: ([a, b]) => a.map((x, i) => x + b[i]),
    times: ([a, b]) => a.map((x, i) => x * b[i]),
    scale: ([a], [factor]) => a.map((x) => number(factor) * x),
    product,
    middleProduct,
    shift: ([a], [by]) => a.map((_, i) => (i - by >= 0 && i - by < a.length ? a[i - by] : 0)),
    slice: ([a], [offset], dimension) => a.slice(Number(offset), Number(offset) + dimension),
    embed: ([a], [offset], dimension) => {
      const result = zeros(dimension);
      a.forEach((x, i) => { result[Number(offset) + i] = x; });
      return result;
    },
    reshape: ([a]) => a,
    transpose: ([a], settings) => {
      const [rows, columns] = settings.map(Number);
      return a.map((_, i) => a[(i % rows) * columns + Math.floor(i / rows)]);
    },
    conv2d: convolution,
    averagePool: ([a], settings) => windows(settings).map(
      (window) => window.reduce((sum, i) => sum + a[i], 0) / window.length),
    averageUnpool: ([a], settings) => {
      const result = zeros(imageSize(settings));
      windows(settings).forEach((window, at) => window.forEach((i) => { result[i] = a[at] / window.length; }));
      return result;
    },
    maximumPool: ([a], settings) => windows(settings).map((window) => a[firstMaximum(window, a)]),
    maximumPoolAdjoint: ([a, w], settings) => {
      const result = zeros(a.length);
      windows(settings).forEach((window, at) => { result[firstMaximum(window, a)] = w[at]; });
      return result;
    },
    bound,
    boundAdjoint,
    softmax,
    softmaxAdjoint,
    min: choice('min'),
    max: choice('max'),
    minAdjoint: choiceAdjoint('min'),
    maxAdjoint: choiceAdjoint('max'),
    power: ([a], [exponent]) => a.map((x) => x ** number(exponent)),
    powerAdjoint: ([a, w], [text]) => {
      const exponent = number(text);
      return a.map((x, i) => (exponent === 0 ? 0 : exponent * x ** (exponent - 1)) * w[i]);
    },
  };
  for (const [name, [value, slope]] of Object.entries(activations)) {
    operations[name] = ([a]) => a.map((x) => value(x));
    operations[`${name}Adjoint`] = ([known, w]) => known.map(
      // Where relu's slope is 0, an infinite cotangent is not multiplied with it.
      (x, i) => (name === 'relu' ? (x > 0 ? w[i] : 0) : slope(x) * w[i]));
  }

  const loopSettings = (settings) => ({
    trips: Number(settings[0]),
    isDescending: settings[1] === 'descending',
    states: Number(settings[2].split(' ')[1]),
    sequences: Number(settings[3].split(' ')[1]),
    hasBasis: settings[4] === 'basis',
  });

  const runLoop = (node, operands, settings) => {
    const { trips, isDescending, states: stateCount, sequences: sequenceCount, hasBasis } = loopSettings(settings);
    const body = node.body;
    let states = operands.slice(0, stateCount);
    const sequences = operands.slice(stateCount, stateCount + sequenceCount);
    const invariants = operands.slice(stateCount + sequenceCount);
    const dimension = (parameter) => body.nodes[parameter].dimension;
    const stacks = body.results.slice(stateCount).map((result) => zeros(body.nodes[result].dimension * trips));
    for (let round = 0; round < trips; round++) {
      const k = isDescending ? trips - 1 - round : round;
      const slices = sequences.map((sequence, i) => {
        const size = dimension(stateCount + i);
        return sequence.slice(k * size, (k + 1) * size);
      });
      const basis = hasBasis ? [unit(k, dimension(stateCount + sequenceCount))] : [];
      const results = run(body, [...states, ...slices, ...basis, ...invariants]);
      states = results.slice(0, stateCount);
      results.slice(stateCount).forEach((row, i) => row.forEach((x, j) => { stacks[i][k * row.length + j] = x; }));
    }
    return states.concat(stacks);
  };

  /** The results of a graph for its parameters. */
  const run = (graph, parameters) => {
    // Of a loop, all of its results.
    const values = [];
    for (const node of graph.nodes) {
      const { name, settings } = node.parsed || (node.parsed = parse(node.op));
      const operands = node.operands.map((operand) => values[operand]);
      if (name === 'parameter') values.push(parameters[Number(settings[0])]);
      else if (name === 'constant') {
        const vector = zeros(node.dimension);
        for (const entry of settings) {
          const [index, value] = entry.split(': ');
          vector[Number(index)] = number(value);
        }
        values.push(vector);
      } else if (name === 'loop') values.push(runLoop(node, operands, settings));
      else if (name === 'output') values.push(operands[0][Number(settings[0])]);
      else {
        if (!Object.hasOwn(operations, name)) throw new Error(`no operation ${name}`);
        values.push(operations[name](operands, settings, node.dimension));
      }
    }
    return graph.results.map((result) => values[result]);
  };

  /** The first operation of a graph that is not known here; undefined where there is none. */
  const unknown = (graph) => {
    for (const node of graph.nodes) {
      const { name } = parse(node.op);
      if (['parameter', 'constant', 'output'].includes(name)) continue;
      if (name === 'loop') {
        const inner = unknown(node.body);
        if (inner) return inner;
      } else if (!Object.hasOwn(operations, name)) return name;
    }
    return undefined;
  };

  /** The vector that an input has at first. */
  const start = (port) => {
    if (port.value) return port.value.map(number);
    if (port.start === 'first') return unit(0, port.dimension);
    if (port.start === 'second') return unit(Math.min(1, port.dimension - 1), port.dimension);
    if (port.start === 'ones') return new Array(port.dimension).fill(1);
    const [rows, columns] = port.shape;
    const matrix = zeros(port.dimension);
    for (let i = 0; i < Math.min(rows, columns); i++) matrix[i * columns + i] = 1;
    return matrix;
  };

  return { run, unknown, start, parse, loopSettings, unit };
})();
