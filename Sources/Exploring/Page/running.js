/** A program with its inputs as sliders, run in the page. */
const Running = (() => {
  const shownEntries = 64;
  const names = (port) => port.labels.slice(0, shownEntries);

  const entryRow = (port, label, at, vector, changed) => {
    const text = `${port.name} ${label}`;
    const slider = element('input', {
      type: 'range', min: port.isDiscrete ? 0 : -2, max: port.isDiscrete ? 1 : 2, step: 0.01, 'aria-label': text,
    });
    const field = element('input', { type: 'number', step: 'any', 'aria-label': `${text}, as a number` });
    const gradient = element('td', { class: 'gradient' });
    const set = () => {
      slider.value = vector[at];
      field.value = shown(vector[at]);
    };
    slider.addEventListener('input', () => {
      vector[at] = Number(slider.value);
      field.value = slider.value;
      changed();
    });
    field.addEventListener('input', () => {
      const value = field.valueAsNumber;
      field.setAttribute('aria-invalid', String(!Number.isFinite(value)));
      if (!Number.isFinite(value)) return;
      vector[at] = value;
      slider.value = value;
      changed();
    });
    set();
    return {
      set,
      gradient: (value, largest) => {
        gradient.textContent = shown(value);
        gradient.setAttribute('style', heat(value, largest) || '');
      },
      row: element('tr', {}, element('th', { scope: 'row' }, label), element('td', {}, slider), element('td', {}, field),
        gradient),
    };
  };

  /** Sets an input that stands for a value to that of a name. */
  const chooser = (port, vector, update) => element('label', {}, 'a value: ',
    element('select', {
      onchange: (event) => {
        if (event.target.value === '') return;
        Interpreter.unit(Number(event.target.value), port.dimension).forEach((x, i) => { vector[i] = x; });
        update();
      },
    }, element('option', { value: '' }, '…'), names(port).map((label, at) => element('option', { value: at }, label))));

  /** The whole vector as a list. */
  const list = (port, vector, update) => {
    const message = element('output', {});
    const text = element('textarea', { rows: 2, 'aria-label': `${port.name} as a list of ${port.dimension} numbers` });
    text.value = vector.length <= 1024 ? JSON.stringify(vector) : '';
    const read = () => {
      let numbers;
      try { numbers = JSON.parse(text.value).flat(Infinity); } catch { numbers = undefined; }
      if (!numbers || numbers.length !== vector.length || !numbers.every(Number.isFinite)) {
        message.textContent = `write ${vector.length} numbers in brackets`;
        return;
      }
      message.textContent = '';
      numbers.forEach((x, i) => { vector[i] = x; });
      update();
    };
    return element('details', {}, element('summary', {}, 'as a list'), text,
      element('button', { type: 'button', onclick: read }, 'set'), message);
  };

  const input = (port, vector, changed) => {
    const rows = names(port).map((label, at) => entryRow(port, label, at, vector, changed));
    const update = () => {
      rows.forEach((row) => row.set());
      changed();
    };
    const more = port.dimension > shownEntries
      ? element('p', { class: 'hint' }, `The first ${shownEntries} of ${port.dimension} entries; `
        + `${port.start === 'ones' ? 'all begin as 1' : port.start === 'identity' ? 'it begins as the identity' : 'the others begin as 0'}.`)
      : undefined;
    return {
      rows,
      field: element('fieldset', {}, element('legend', {}, `${port.name} : ${port.type}`),
        port.isDiscrete ? chooser(port, vector, update) : undefined, more,
        element('div', { class: 'entries' }, element('table', {},
          element('thead', {}, element('tr', {}, element('th', { scope: 'col' }, 'entry'),
            element('th', { scope: 'col', colspan: 2 }, 'value'), element('th', { scope: 'col' }, 'gradient'))),
          element('tbody', {}, rows.map((row) => row.row)))),
        list(port, vector, update)),
    };
  };

  /** Lines over the first index, one for each column: of results that are a course of states. */
  const curves = (port, vector) => {
    const [rows, columns] = [port.shape[0], port.shape[1] || 1];
    const finite = vector.filter(Number.isFinite);
    const least = finite.reduce((a, b) => Math.min(a, b), Infinity);
    const largest = finite.reduce((a, b) => Math.max(a, b), -Infinity);
    const each = [...new Array(columns).keys()];
    const series = each.map((column) => ({
      name: `column ${column}`, kind: `c${column}`,
      points: [...new Array(rows).keys()].map((row) => [row, vector[row * columns + column]]),
    }));
    return element('figure', {},
      Chart.draw({
        series, label: `result over its first index, from ${shown(least)} to ${shown(largest)}`, width: 420, height: 210,
      }),
      element('figcaption', { class: 'hint' }, `result : ${port.type}`, columns > 1 ? Chart.key(series) : undefined),
      element('details', {}, element('summary', {}, 'numbers'),
        element('pre', { class: 'numbers' }, [...new Array(rows).keys()].map(
          (row) => `${row}: ${each.map((column) => shown(vector[row * columns + column])).join('  ')}`).join('\n'))));
  };

  const resultTable = (port, vector) => {
    const [rows, columns] = port.shape;
    if (port.shape.length > 0 && port.shape.length <= 2 && rows >= 16 && rows <= 4096 && (columns || 1) <= 6) {
      return curves(port, vector);
    }
    if (port.shape.length === 2 && rows > 1 && columns > 1 && rows <= 64 && columns <= 64) {
      const labels = (count) => [...new Array(count).keys()].map(String);
      return heatTable(`result : ${port.type}`, labels(rows), labels(columns), (r, c) => vector[r * columns + c]);
    }
    const table = heatTable(`result : ${port.type}`, names(port), ['value'], (r) => vector[r]);
    return port.dimension > shownEntries
      ? element('div', {}, table, element('p', { class: 'hint' }, `The first ${shownEntries} of ${port.dimension} entries.`))
      : table;
  };

  /** Of which function of the result the gradients are. */
  const directions = (port, changed) => {
    const sum = element('option', { value: 'all' }, "the sum of the result's entries");
    const entries = names(port).map((label, at) => element('option', { value: at }, `the result's entry ${label}`));
    // The sum of what stands for a value hardly depends on anything.
    return element('select', { onchange: changed }, port.isDiscrete ? [entries, sum] : [sum, entries]);
  };

  const why = (program) => {
    if (program.run.whyNot) return program.run.whyNot;
    const name = Interpreter.unknown(program.map.forward) || Interpreter.unknown(program.map.adjoint);
    return name ? `It is not run here: the page does not know the operation ${name}.` : undefined;
  };

  const view = (program) => {
    const reason = why(program);
    if (reason) return sentence(reason);
    const { inputs, result: port } = program.run;
    const vectors = inputs.map((each) => Interpreter.start(each));
    const result = element('div', { 'aria-live': 'polite' });
    let isWaiting = false;
    const compute = () => {
      isWaiting = false;
      const { dimension } = port;
      const chosen = direction.value;
      const cotangent = chosen === 'all' ? new Array(dimension).fill(1) : Interpreter.unit(Number(chosen), dimension);
      result.replaceChildren(resultTable(port, Interpreter.run(program.map.forward, vectors)[0]));
      const gradients = Interpreter.run(program.map.adjoint, [...vectors, cotangent]).slice(1);
      fields.forEach((each, at) => {
        const largest = gradients[at].reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        each.rows.forEach((row, entry) => row.gradient(gradients[at][entry], largest));
      });
    };
    const changed = () => {
      if (!isWaiting) setTimeout(compute, 16);
      isWaiting = true;
    };
    const direction = directions(port, changed);
    const fields = inputs.map((each, at) => input(each, vectors[at], changed));
    compute();
    return element('div', { class: 'run' },
      fields.length ? element('form', { onsubmit: (event) => event.preventDefault() },
        element('label', {}, 'gradients of ', direction), fields.map((each) => each.field)) : undefined,
      result);
  };

  return { view, why };
})();
