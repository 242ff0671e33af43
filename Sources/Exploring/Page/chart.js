/** Lines over steps, rounds or entries, as SVG. */
const Chart = (() => {
  const [left, right, top, bottom] = [60, 12, 10, 24];

  /** At most so many multiples of 1, 2 or 5 times a power of ten, from `low` to `high`. */
  const ticks = (low, high, count) => {
    if (!(high > low)) return [low];
    const least = (high - low) / count;
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= least * 0.999);
    const all = [];
    // The last term makes 0 of -0.
    for (let at = Math.ceil(low / step - 1e-9); at * step <= high + step * 1e-9; at++) all.push(at * step + 0);
    return all;
  };

  /** The same on a logarithmic axis, whose ends are logarithms: powers of ten, with 2 and 5 times these, or as above. */
  const logarithmicTicks = (low, high, count) => {
    const powers = ticks(low, high, count).filter(Number.isInteger);
    if (powers.length > 2) return powers.map((power) => 10 ** power);
    const between = [];
    for (let power = Math.floor(low); power <= high; power++) between.push(...[1, 2, 5].map((factor) => factor * 10 ** power));
    const inside = between.filter((value) => Math.log10(value) >= low && Math.log10(value) <= high);
    return inside.length > 2 ? inside : ticks(10 ** low, 10 ** high, count);
  };

  /** From the least to the largest of what is finite, as the axis measures it. */
  const range = (values) => {
    const least = values.reduce((a, b) => Math.min(a, b), Infinity);
    const largest = values.reduce((a, b) => Math.max(a, b), -Infinity);
    if (least > largest) return [0, 1];
    // What is all the same is in the middle.
    const margin = largest > least ? 0.04 * (largest - least) : Math.max(Math.abs(least), 1) * 0.5;
    return [least - margin, largest + margin];
  };

  /**
   * - series: `{ name, kind, points: [[x, y], …], hasMarks, hasNoLine }`; `kind` is a class with a colour.
   * - isLogarithmic: as far as all is above 0.
   * - bounds: `[low, high]` of the vertical axis; without them, as the points are.
   */
  const draw = ({ series, label, isLogarithmic, bounds, width: w = 480, height: h = 240 }) => {
    const all = series.flatMap((each) => each.points).filter((point) => Number.isFinite(point[1]));
    const isLog = Boolean(isLogarithmic) && all.length > 0 && all.every((point) => point[1] > 0);
    const scaled = (value) => (isLog ? Math.log10(value) : value);
    const [low, high] = bounds && !isLog ? range(bounds) : range(all.map((point) => scaled(point[1])));
    const first = all.reduce((least, point) => Math.min(least, point[0]), Infinity);
    const last = all.reduce((most, point) => Math.max(most, point[0]), -Infinity);
    const [begin, end] = first <= last ? [first, last] : [0, 1];
    const x = (at) => left + (end > begin ? (at - begin) / (end - begin) : 0.5) * (w - left - right);
    // What is far off the axis stays a coordinate that can be drawn.
    const y = (value) => Math.min(Math.max(top + ((high - scaled(value)) / (high - low)) * (h - top - bottom), -1e4), 1e4);
    const place = (point) => `${x(point[0]).toFixed(1)},${y(point[1]).toFixed(1)}`;
    const line = (points) => {
      let [path, isBroken] = ['', true];
      for (const point of points) {
        if (Number.isFinite(point[1])) path += `${isBroken ? 'M' : 'L'}${place(point)}`;
        isBroken = !Number.isFinite(point[1]);
      }
      return path;
    };
    const text = (content, at, under, anchor) => drawn('text', { x: at, y: under, 'text-anchor': anchor }, content);
    return drawn('svg', { viewBox: `0 0 ${w} ${h}`, class: 'curves', role: 'img', 'aria-label': label },
      (isLog ? logarithmicTicks : ticks)(low, high, h / 45).map((tick) => {
        const at = y(tick).toFixed(1);
        return [drawn('path', { class: 'grid', d: `M${left},${at}H${w - right}` }),
          drawn('text', { x: left - 6, y: at, dy: '0.32em', 'text-anchor': 'end' },
            shown(Number(tick.toPrecision(4))))];
      }),
      drawn('path', { class: 'axis', d: `M${left},${top}V${h - bottom}H${w - right}` }),
      ticks(begin, end, Math.min(w / 90, end - begin)).map((tick) => text(shown(tick), x(tick).toFixed(1), h - 6, 'middle')),
      // Cuts off what is beyond the axes, but no mark on them.
      drawn('svg', {
        x: left - 5, y: top - 5, width: w - left - right + 10, height: h - top - bottom + 10,
        viewBox: `${left - 5} ${top - 5} ${w - left - right + 10} ${h - top - bottom + 10}`,
      }, series.map((each) => drawn('g', { class: `curve ${each.kind}` }, drawn('title', {}, each.name),
        each.hasNoLine ? undefined : drawn('path', { d: line(each.points) }),
        each.hasMarks ? each.points.filter((point) => Number.isFinite(point[1])).map((point) => {
          const [cx, cy] = place(point).split(',');
          return drawn('circle', { cx, cy, r: 2.2 });
        }) : undefined))));
  };

  /** The names of lines in their colours. */
  const key = (series) => element('span', {},
    series.map((each) => element('span', { class: `key ${each.kind}` }, ` ${each.hasNoLine ? '●' : '━'} ${each.name} `)));

  return { draw, key, ticks, logarithmicTicks };
})();
