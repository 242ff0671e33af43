'use strict';
// training.js PAGE: shows the run in a page of `cajal2c explore --run` by the page's own script, without a browser, and fails
// where something of it is not drawn.

const fs = require('fs');
const vm = require('vm');

/** As much of an element as the script needs. */
class Element {
  constructor(name) { Object.assign(this, { name, attributes: {}, children: [], listeners: {} }); }
  setAttribute(name, value) { this.attributes[name] = value; }
  addEventListener(name, listener) { this.listeners[name] = listener; }
  append(...children) { this.children.push(...children); }
  replaceChildren(...children) { this.children = children; }
  set textContent(text) { this.children = [text]; }
  get textContent() { return this.children.map((child) => (child instanceof Element ? child.textContent : String(child))).join(''); }
  getContext() {
    return { createImageData: (w, h) => ({ data: new Uint8ClampedArray(4 * w * h) }), putImageData: (image) => { this.image = image.data; } };
  }
  all(name) { return this.children.flatMap((child) => (child instanceof Element ? [...(child.name === name ? [child] : []), ...child.all(name)] : [])); }
}

const html = fs.readFileSync(process.argv[2], 'utf8');
const data = JSON.parse(/<script type="application\/json" id="model">(.*?)<\/script>/s.exec(html)[1]);
const script = /<script>\n(.*?)<\/script>/s.exec(html)[1];
const context = vm.createContext({ atob });
const { Training, Pictures, Chart } = vm.runInContext(`${script}\n({ Training, Pictures, Chart });`, context);
context.document = { createElement: (name) => new Element(name), createElementNS: (_, name) => new Element(name) };

const expect = (holds, what) => { if (!holds) throw new Error(what); };
const same = (a, b, what) => expect(JSON.stringify(a) === JSON.stringify(b), `${what}: ${JSON.stringify(a)} for ${JSON.stringify(b)}`);

same(Chart.ticks(0, 10, 5), [0, 2, 4, 6, 8, 10], 'ticks');
same(Chart.ticks(-0.3, 0.2, 5).map((tick) => tick.toFixed(1)), ['-0.3', '-0.2', '-0.1', '0.0', '0.1', '0.2'], 'ticks');
same(Chart.ticks(3, 3, 5), [3], 'one tick');
const logarithmic = (low, high) => Chart.logarithmicTicks(Math.log10(low), Math.log10(high), 6).map((tick) => Number(tick.toPrecision(3)));
same(logarithmic(0.005, 20), [0.01, 0.1, 1, 10], 'powers of ten');
same(logarithmic(1e-12, 20), [1e-10, 1e-5, 1], 'every fifth power');
same(logarithmic(0.07, 0.9), [0.1, 0.2, 0.5], 'between two powers');
same(logarithmic(0.21, 0.29), [0.22, 0.24, 0.26, 0.28], 'within one');
same([Pictures.grey(0), Pictures.grey(254)], [[0, 0, 0, 255], [255, 255, 255, 255]], 'grey');
same([0, 127, 254].map((byte) => Pictures.signed(byte)[3]), [255, 0, 255], 'the middle of the scale is the ground');

const chart = (points, more) => Chart.draw({ series: [{ name: 'a', kind: 'c0', points, hasMarks: true }], label: '', ...more });
const heights = (svg) => svg.all('circle').map((circle) => Number(circle.attributes.cy));
const [top, middle, bottom] = heights(chart([[0, 1], [1, 0.1], [2, 0.01]], { isLogarithmic: true }));
expect(top < middle && Math.abs(2 * middle - top - bottom) < 0.3, 'the axis is not logarithmic');
same(heights(chart([[0, NaN], [1, Infinity]])), [], 'what is not finite is drawn');
expect(chart([[0, 1], [1, NaN], [2, 1], [3, 1]]).all('path').some((path) => /^M[^ML]*M[^ML]*L[^ML]*$/.test(path.attributes.d)), 'a gap');

for (const model of data.models.filter((each) => each.training)) {
  const { training } = model;
  const page = new Element('section');
  page.append(...Training.view(training).flat(Infinity).filter(Boolean), ...model.kernels.map(Pictures.kernels));
  const curves = page.all('g').map((group) => group.attributes.class);
  same(curves.slice(0, training.curves.length), training.curves.map((curve) => `curve ${curve.name}`), 'curves');
  const points = page.all('path').map((path) => (path.attributes.d.match(/[ML]/g) || []).length);
  for (const curve of training.curves) expect(points.includes(curve.steps.length), `a curve of ${curve.steps.length} points`);
  for (const note of [...training.notes, ...training.snapshotNotes]) expect(page.textContent.includes(note.replaceAll('`', '')), note);
  const columns = training.snapshots ? training.snapshots.columns : [];
  // Courses are shown at one step, which a slider names.
  let text = page.textContent;
  for (const slider of page.all('input')) {
    for (slider.value = 0; slider.value <= slider.attributes.max; slider.value++) {
      slider.listeners.input();
      text += page.textContent;
    }
  }
  for (const { title } of columns) expect(text.includes(title), `${title} is not named`);
  const pictures = [...columns.flatMap((column) => column.cells), ...model.kernels.flatMap((each) => each.pictures)]
    .filter((each) => each.picture || each.pixels).length;
  const canvases = page.all('canvas');
  same(canvases.length, pictures, 'pictures');
  for (const canvas of canvases) expect(canvas.attributes['aria-label'] && canvas.image.some((byte) => byte), 'a picture is empty or has no name');
  for (const svg of page.all('svg')) expect((svg.attributes['aria-label'] || svg.attributes.x) && !JSON.stringify(svg).includes('NaN'), 'a chart');
  console.log(`the run of ${model.map.name} is shown`);
}
