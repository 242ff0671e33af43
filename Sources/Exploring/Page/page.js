/** The page: its parts in order, made of the model that it carries. */
const Page = (() => {
  const signature = (map) => map.summary.split('\n')[0];

  const summary = (map) => element('pre', { class: 'summary' }, map.summary.trimEnd());

  const graphs = (map, inputs) => {
    const place = element('div', {});
    const resultNames = (isAdjoint) => (at) => (!isAdjoint || at === 0 ? 'result' : `gradient in ${inputs[at - 1]}`);
    const show = (isAdjoint) => {
      const name = isAdjoint ? `adjoint of ${map.name}` : `graph of ${map.name}`;
      place.replaceChildren(Drawing.draw(isAdjoint ? map.adjoint : map.forward, name, resultNames(isAdjoint)));
      Drawing.centre(place);
    };
    show(false);
    const button = element('button', {
      type: 'button', 'aria-pressed': 'false',
      onclick: () => {
        const isAdjoint = button.getAttribute('aria-pressed') === 'false';
        button.setAttribute('aria-pressed', String(isAdjoint));
        show(isAdjoint);
      },
    }, 'adjoint');
    return [element('h3', {}, 'Graph'), element('p', {}, button), place];
  };

  const tensor = (map, value) => {
    const { axes, entries } = value;
    const last = axes.length > 1 ? axes[axes.length - 1] : { labels: ['value'] };
    const between = axes.slice(1, -1);
    const blocks = between.reduce((product, axis) => product * axis.labels.length, 1);
    const width = last.labels.length;
    return element('div', { class: 'blocks' }, [...new Array(blocks).keys()].map((block) => {
      let rest = block;
      const choice = [...between].reverse().map((axis) => {
        const label = axis.labels[rest % axis.labels.length];
        rest = Math.floor(rest / axis.labels.length);
        return axis.name ? `${axis.name} = ${label}` : label;
      }).reverse();
      const caption = [map, ...choice].join(', ') + (last.name ? `; columns: ${last.name}` : '');
      return heatTable(caption, axes[0].labels, last.labels, (r, c) => entries[(r * blocks + block) * width + c]);
    }));
  };

  const program = (each) => {
    const { map } = each;
    return element('section', { id: `program-${map.name}`, 'aria-labelledby': `head-${map.name}` },
      element('h2', { id: `head-${map.name}` }, `program ${map.name}`),
      summary(map),
      element('h3', {}, 'Run'), Running.view(each),
      element('h3', {}, each.tensor && each.tensor.axes.length > 2 ? 'Tensor' : 'Matrix'),
      each.tensor ? tensor(map.name, each.tensor) : sentence(each.whyNoTensor || 'It has none here.'),
      graphs(map, each.run.inputs.map((port) => port.name)));
  };

  const shape = (extents) => `[${extents.join(', ')}]`;
  const model = (each) => element('section', { id: `program-${each.map.name}`, 'aria-labelledby': `head-${each.map.name}` },
    element('h2', { id: `head-${each.map.name}` }, `model ${each.map.name}`),
    summary(each.map),
    element('h3', {}, 'Run'), Running.view(each),
    each.training ? Training.view(each.training) : undefined,
    each.tensors.length ? [
      element('h3', {}, 'Parameters'),
      plainTable(`parameters of ${each.map.name}`, ['tensor', 'shape', 'numbers'],
        each.tensors.map((one) => [one.name, shape(one.shape), one.count])),
      each.kernels.map(Pictures.kernels),
      each.tensors.filter((one) => one.tensor).map((one) => tensor(`${one.name} ${shape(one.shape)}`, one.tensor)),
    ] : undefined,
    graphs(each.map, each.run.inputs.map((port) => port.name)));

  const nets = (all) => element('section', { 'aria-labelledby': 'nets' }, element('h2', { id: 'nets' }, 'Nets'),
    all.map((net) => plainTable(`net ${net.signature}`, ['layer', 'in', 'out', 'parameters'],
      [...net.layers.map((layer) => [layer.kind, shape(layer.input), shape(layer.output), layer.parameterCount]),
        ['in all', '', '', net.parameterCount]])));

  const show = (data) => {
    const maps = [...data.programs, ...data.models].map((each) => each.map);
    const note = SourceView.note();
    document.body.append(
      element('header', {},
        element('h1', {}, data.file),
        element('p', { class: 'hint' }, `by ${data.compiler}, at horizon ${data.horizon}`),
        element('nav', { 'aria-label': 'programs and models' }, element('ul', {},
          maps.map((map) => element('li', {}, element('a', { href: `#program-${map.name}`, title: signature(map) }, map.name)))))),
      element('main', {}, SourceView.view(data), data.programs.map(program), data.nets.length ? nets(data.nets) : undefined,
        data.models.map(model)),
      note, Drawing.arrow());
    SourceView.listen(note);
    Drawing.centre(document);
  };

  return { show };
})();

if (typeof document !== 'undefined') Page.show(JSON.parse(document.getElementById('model').textContent));
