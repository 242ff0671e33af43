/**
 * Places for the nodes of a graph, in layers from the parameters down. A loop is a box around its body. An edge over
 * several layers goes through a point of each.
 */
const Layout = (() => {
  const [gapX, gapY, height, pad, head] = [18, 34, 40, 14, 24];
  const sweeps = 6;

  const title = (op) => {
    const { name, settings: texts } = Interpreter.parse(op);
    const settings = texts.map((text) => text.replace(/-?\d+\.\d+(e-?\d+)?$/, (digits) => shown(Number(digits))));
    if (name === 'constant') {
      const entries = settings;
      return entries.length === 0 ? '0' : entries.length <= 3 ? `{${entries.join(', ')}}` : `{${entries.length} entries}`;
    }
    const inner = settings.join(', ');
    return inner ? `${name}[${inner.length > 28 ? `${inner.slice(0, 27)}…` : inner}]` : name;
  };

  const rounds = (node) => {
    const { trips, isDescending } = Interpreter.loopSettings(Interpreter.parse(node.op).settings);
    return isDescending ? `for k = ${trips - 1} … 0` : `for k = 0 … ${trips - 1}`;
  };

  const layersOf = (graph) => {
    const layer = graph.nodes.map(() => 0);
    const readers = graph.nodes.map(() => []);
    graph.nodes.forEach((node, index) => {
      for (const operand of node.operands) {
        readers[operand].push(index);
        layer[index] = Math.max(layer[index], layer[operand] + 1);
      }
    });
    // A constant stands just above what reads it.
    graph.nodes.forEach((node, index) => {
      if (index >= graph.parameters.length && node.operands.length === 0 && readers[index].length > 0) {
        layer[index] = Math.max(0, Math.min(...readers[index].map((reader) => layer[reader])) - 1);
      }
    });
    return layer;
  };

  const item = (graph, node, index) => {
    const isParameter = index < graph.parameters.length;
    const results = graph.results.flatMap((result, at) => (result === index ? [at] : []));
    const text = isParameter ? graph.parameters[index] : title(node.op);
    const label = node.body ? rounds(node) : text;
    const inner = node.body ? place(node.body) : undefined;
    const width = Math.max(46, 7.4 * Math.max(label.length, node.space.length > 30 ? 30 : node.space.length) + 16);
    return {
      index, node, label, inner, isParameter, results, inputs: [], outputs: [],
      w: inner ? Math.max(width, inner.w + 2 * pad) : width,
      h: inner ? inner.h + head + 2 * pad : height,
    };
  };

  const mean = (items) => items.reduce((sum, other) => sum + other.x + other.w / 2, 0) / items.length;

  /** Moves items of a row to where they want to be, as far as the order allows. */
  const spread = (row, wanted) => {
    let right = -Infinity;
    for (const each of row) {
      each.x = Math.max(wanted(each), right + gapX);
      right = each.x + each.w;
    }
    // What was pushed to the right goes back by half, as one.
    const off = row.reduce((sum, each) => sum + each.x - wanted(each), 0) / row.length;
    for (const each of row) each.x -= off;
  };

  const place = (graph) => {
    const layer = layersOf(graph);
    const rows = [];
    const put = (each, at) => {
      (rows[at] = rows[at] || []).push(each);
      return each;
    };
    const items = graph.nodes.map((node, index) => put(item(graph, node, index), layer[index]));
    const edges = [];
    const join = (from, to) => {
      from.outputs.push(to);
      to.inputs.push(from);
    };
    items.forEach((to) => to.node.operands.forEach((operand) => {
      const points = [items[operand]];
      for (let at = layer[operand] + 1; at < layer[to.index]; at++) {
        const point = put({ isPoint: true, w: 4, h: 0, inputs: [], outputs: [] }, at);
        join(points[points.length - 1], point);
        points.push(point);
      }
      join(points[points.length - 1], to);
      edges.push([...points, to]);
    }));
    const all = rows.filter((row) => row);
    for (const row of all) {
      let x = 0;
      for (const each of row) {
        each.x = x;
        x += each.w + gapX;
      }
    }
    for (let sweep = 0; sweep < sweeps; sweep++) {
      const isDown = sweep % 2 === 0;
      for (const row of isDown ? all : [...all].reverse()) {
        const centre = (each) => {
          const near = isDown ? each.inputs : each.outputs;
          return near.length ? mean(near) : each.x + each.w / 2;
        };
        const wanted = new Map(row.map((each) => [each, centre(each)]));
        row.sort((a, b) => wanted.get(a) - wanted.get(b));
        spread(row, (each) => wanted.get(each) - each.w / 2);
      }
    }
    let y = 0;
    for (const row of all) {
      const tallest = row.reduce((most, each) => Math.max(most, each.h), 0);
      for (const each of row) {
        if (each.isPoint) each.h = tallest;
        each.y = y + (tallest - each.h) / 2;
      }
      y += tallest + gapY;
    }
    const placed = all.flat();
    const left = placed.reduce((least, each) => Math.min(least, each.x), Infinity);
    for (const each of placed) each.x -= left;
    return {
      items, edges,
      w: placed.reduce((most, each) => Math.max(most, each.x + each.w), 0),
      h: Math.max(0, y - gapY),
    };
  };

  return { place, title, pad, head };
})();
