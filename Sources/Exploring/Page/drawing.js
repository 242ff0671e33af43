/** A graph as SVG. */
const Drawing = (() => {
  const most = 600;

  const path = (points) => {
    const bottom = (each) => [each.x + each.w / 2, each.y + each.h];
    const top = (each) => [each.x + each.w / 2, each.y];
    let text = `M${bottom(points[0]).map(Math.round).join(',')}`;
    for (let at = 1; at < points.length; at++) {
      const [x0, y0] = bottom(points[at - 1]);
      const [x1, y1] = top(points[at]);
      const middle = (y0 + y1) / 2;
      text += `C${[x0, middle, x1, middle, x1, y1].map(Math.round).join(',')}`;
      if (points[at].isPoint) text += `V${Math.round(y1 + points[at].h)}`;
    }
    return text;
  };

  const describe = (item, resultNames) => {
    const { node, index, isParameter, label } = item;
    const operands = node.operands.length ? ` of ${node.operands.map((operand) => `%${operand}`).join(', ')}` : '';
    const what = isParameter ? `input ${label}` : node.body ? `loop ${label}` : node.op.slice(0, 200);
    const result = item.results.length ? `; ${item.results.map(resultNames || (() => 'goes on or out')).join(', ')}` : '';
    return `%${index}: ${what}${operands}, in ${node.space}${node.line ? `; line ${node.line}` : ''}${result}`;
  };

  const nodeOf = (item, resultNames) => {
    const { node, x, y, w, h, label, inner, isParameter, results } = item;
    const kind = isParameter ? 'input' : inner ? 'loop' : Interpreter.parse(node.op).name === 'constant' ? 'constant' : '';
    const text = describe(item, resultNames);
    const shortSpace = node.space.length > 30 ? `${node.space.slice(0, 29)}…` : node.space;
    return drawn('g', {
      class: `node ${kind}${results.length ? ' result' : ''}`, transform: `translate(${Math.round(x)},${Math.round(y)})`,
      tabindex: 0, role: inner ? 'group' : 'img', 'aria-label': text, 'data-line': node.line,
    },
    drawn('title', {}, text),
    drawn('rect', { width: Math.round(w), height: Math.round(h), rx: isParameter ? 18 : 5 }),
    drawn('text', { x: w / 2, y: 17, 'text-anchor': 'middle' }, label),
    results.length && resultNames ? drawn('text', { x: w / 2, y: h + 13, 'text-anchor': 'middle', class: 'tag' },
      results.map(resultNames).join(', ')) : undefined,
    inner ? contents(inner, Layout.pad + (w - 2 * Layout.pad - inner.w) / 2, Layout.head + Layout.pad)
      : drawn('text', { x: w / 2, y: 32, 'text-anchor': 'middle', class: 'space' }, shortSpace));
  };

  const contents = (layout, x, y, resultNames) => drawn('g', { transform: `translate(${Math.round(x)},${Math.round(y)})` },
    layout.edges.map((points) => drawn('path', { class: 'edge', d: path(points), 'marker-end': 'url(#arrow)' })),
    layout.items.map((item) => nodeOf(item, resultNames)));

  /** - resultNames: of a result's number, what it is; a loop's results have no names. */
  const draw = (graph, name, resultNames) => {
    if (graph.isLeftOut || graph.size > most) {
      return element('p', {}, `The graph has ${graph.size} nodes, too many for a picture: `,
        element('code', {}, 'cajal2c --emit graph'), ' prints it.');
    }
    const layout = Layout.place(graph);
    const margin = 8;
    const [w, h] = [Math.ceil(layout.w) + 2 * margin, Math.ceil(layout.h) + 3 * margin];
    return element('div', { class: 'scroll graph', tabindex: 0, role: 'region', 'aria-label': name },
      drawn('svg', { width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: 'group', 'aria-label': name },
        contents(layout, margin, margin, resultNames)));
  };

  /** Scrolls graphs that are wider than the page to their inputs. */
  const centre = (within) => {
    for (const each of within.querySelectorAll('.graph')) {
      const input = each.querySelector('.input');
      if (!input) continue;
      const [place, box] = [input.getBoundingClientRect(), each.getBoundingClientRect()];
      each.scrollLeft += place.left + place.width / 2 - box.left - box.width / 2;
    }
  };

  /** The head of all edges, once a page. */
  const arrow = () => drawn('svg', { width: 0, height: 0, 'aria-hidden': true, class: 'defs' }, drawn('defs', {},
    drawn('marker', { id: 'arrow', viewBox: '0 0 8 8', refX: 7, refY: 4, markerWidth: 7, markerHeight: 7, orient: 'auto' },
      drawn('path', { d: 'M0,0L8,4L0,8z' }))));

  return { draw, centre, arrow };
})();
