/** A run of the trainer: its losses, and what was saved of test samples. */
const Training = (() => {
  const numbersOf = (cell) => cell.numbers.map(Number);

  const losses = (training) => {
    const series = training.curves.map((curve) => ({
      name: curve.name, kind: curve.name, hasMarks: curve.hasMarks && curve.steps.length <= 120,
      points: curve.steps.map((step, at) => [step, curve.values[at]]),
    }));
    if (!series.length) return element('p', {}, 'There are no finite losses so far.');
    const ends = series.map(({ name, points }) => {
      const [first, last] = [points[0], points[points.length - 1]];
      return `${name} from ${shown(first[1])} at step ${first[0]} to ${shown(last[1])} at step ${last[0]}`;
    });
    const name = `Loss${training.loss ? `, ${training.loss}` : ''}, by steps`;
    return element('figure', {},
      element('figcaption', { class: 'hint' }, `${name}:`, Chart.key(series)),
      Chart.draw({ series, isLogarithmic: true, label: `${name}: ${ends.join('; ')}` }));
  };

  const folded = (name, { header, rows }) => (rows.length
    ? element('details', {}, element('summary', {}, name), plainTable(name, header, rows)) : undefined);

  /** An input in few words, or as it looks. */
  const small = (column, sample, name) => {
    const cell = column.cells[sample];
    if (column.look === 'picture') return Pictures.draw(cell.picture, column.rows, column.columns, Pictures.grey, name);
    const numbers = numbersOf(cell);
    if (column.look === 'curves') return course([{ column, numbers, isData: false }], name);
    const text = numbers.map(shown);
    return element('code', {}, text.length === 1 ? text[0] : `[${text.join(', ')}]`);
  };

  const mostMarks = 25;

  /** Lines, and points for what is from the data, so few that lines are seen between them. */
  const course = (parts, label, bounds) => {
    const series = parts.flatMap(({ column, numbers, isData }) => [...new Array(column.columns).keys()].map((at) => ({
      name: `${column.title}${column.columns > 1 ? `, column ${at}` : ''}`, kind: `c${at}`,
      hasMarks: isData, hasNoLine: isData,
      points: [...new Array(column.rows).keys()]
        .filter((row) => !isData || row % Math.ceil(column.rows / mostMarks) === 0)
        .map((row) => [row, numbers[row * column.columns + at]]),
    })));
    return Chart.draw({ series, label, bounds, width: 400, height: 210 });
  };

  const inputsOf = (inputs, sample) => element('div', { class: 'given' }, inputs.map((input) => [
    element('span', {}, input.title), small(input, sample, `sample ${sample + 1}, ${input.title}`)]));

  /** A row a sample, a column a step. */
  const pictures = ({ sampleCount, columns }) => {
    const [low, high] = columns.find((column) => column.role !== 'input').scale;
    const samples = [...new Array(sampleCount).keys()];
    return [
      element('p', { class: 'hint' }, `Of outputs and targets black stands for ${shown(low)} and less, white for ${shown(high)} and more.`),
      element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'outputs at the snapshots' },
        element('table', { class: 'samples' },
          element('thead', {}, element('tr', {}, element('td'),
            columns.map((column) => element('th', { scope: 'col' }, column.title)))),
          element('tbody', {}, samples.map((sample) => element('tr', {},
            element('th', { scope: 'row' }, element('span', { class: 'hidden' }, 'sample '), sample + 1),
            columns.map((column) => element('td', {}, small(column, sample, `sample ${sample + 1}, ${column.title}`)))))))),
    ];
  };

  /** A chart a sample, all at the step that the slider says. */
  const courses = ({ sampleCount, columns }) => {
    const [inputs, outputs, target] = parts(columns);
    const place = element('div', { class: 'charts' });
    const said = element('output', {});
    // The same axis at all steps; as the data, which no early output hides.
    const bounds = (sample) => {
      const numbers = (target ? [target] : outputs).flatMap((column) => numbersOf(column.cells[sample]));
      const finite = numbers.filter(Number.isFinite);
      return finite.length ? finite : undefined;
    };
    const show = (at) => {
      const output = outputs[at];
      said.textContent = output.title;
      place.replaceChildren(...[...new Array(sampleCount).keys()].map((sample) => {
        const numbers = numbersOf(output.cells[sample]);
        const drawnParts = [{ column: output, numbers, isData: false }];
        const last = numbers.slice(-output.columns).map(shown).join(', ');
        let label = `sample ${sample + 1}, ${output.title}: the output ends at ${last}`;
        if (target) {
          const wanted = numbersOf(target.cells[sample]);
          drawnParts.unshift({ column: target, numbers: wanted, isData: true });
          label += `, the target at ${wanted.slice(-output.columns).map(shown).join(', ')}`;
        }
        return element('figure', {}, element('figcaption', { class: 'hint' }, `sample ${sample + 1}`, inputsOf(inputs, sample)),
          course(drawnParts, label, bounds(sample)));
      }));
    };
    const last = outputs.length - 1;
    const slider = element('input', {
      type: 'range', min: 0, max: last, step: 1, 'aria-label': 'snapshot', 'aria-valuetext': outputs[last].title,
      oninput: () => {
        slider.setAttribute('aria-valuetext', outputs[Number(slider.value)].title);
        show(Number(slider.value));
      },
    });
    slider.value = last;
    show(last);
    return [element('p', {}, element('label', {}, 'snapshot ', slider), ' ', said),
      element('p', { class: 'hint' }, `Over the first index: lines are outputs${target ? ', points the target' : ''}.`), place];
  };

  /** A table a sample, a row a step. */
  const vectors = ({ sampleCount, columns }) => {
    const [inputs, outputs, target] = parts(columns);
    const rows = target ? [...outputs, target] : outputs;
    return element('div', { class: 'blocks' }, [...new Array(sampleCount).keys()].map((sample) => element('div', {},
      inputsOf(inputs, sample),
      heatTable(`sample ${sample + 1}`, rows.map((row) => row.title), rows[0].labels,
        (row, at) => Number(rows[row].cells[sample].numbers[at])))));
  };

  const parts = (columns) => [columns.filter((column) => column.role === 'input'),
    columns.filter((column) => column.role === 'output'), columns.find((column) => column.role === 'target')];

  const snapshots = (training) => {
    const all = training.snapshots;
    const views = { picture: pictures, curves: courses, numbers: vectors };
    return [element('h3', {}, 'Outputs at the snapshots'),
      training.snapshotNotes.length ? sentence(training.snapshotNotes.join(' ')) : undefined,
      all ? views[parts(all.columns)[1][0].look](all) : undefined];
  };

  const view = (training) => [
    element('h3', {}, 'Training'), sentence(training.notes.join(' ')), losses(training),
    folded('what was measured', training.measures), folded('settings', training.settings), snapshots(training),
  ];

  return { view };
})();
