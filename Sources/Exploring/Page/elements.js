/** Elements of the page. Texts become text nodes, so that no text is ever read as markup. */
const SVG = 'http://www.w3.org/2000/svg';

const filled = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
  node.append(...children.flat(Infinity).filter((child) => child !== undefined && child !== null && child !== false));
  return node;
};
const element = (name, attributes = {}, ...children) => filled(document.createElement(name), attributes, children);
const drawn = (name, attributes = {}, ...children) => filled(document.createElementNS(SVG, name), attributes, children);

/** A sentence in which what is between backquotes is code. */
const sentence = (text) => element('p', {}, text.split('`').map((part, at) => (at % 2 ? element('code', {}, part) : part)));

/** A number with at most five digits. */
const shown = (x) => (Number.isInteger(x) && Math.abs(x) < 1e6 ? String(x) : String(Number(x.toPrecision(5))));

/** Blue below 0 and orange above, the stronger the larger; the text on it stays legible in light and dark. */
const heat = (x, largest) => {
  if (!Number.isFinite(x) || largest === 0 || x === 0) return undefined;
  const strength = Math.round((Math.abs(x) / largest) * 75);
  return `background:color-mix(in srgb, var(--${x < 0 ? 'negative' : 'positive'}) ${strength}%, transparent)`;
};

/** Numbers in rows and columns as a table with colours; with many columns the numbers are in the cells' titles. */
const heatTable = (caption, rowLabels, columnLabels, entry) => {
  const numbers = rowLabels.map((_, r) => columnLabels.map((_, c) => entry(r, c)));
  const largest = numbers.flat().reduce((most, x) => Math.max(most, Number.isFinite(x) ? Math.abs(x) : 0), 0);
  const isSmall = columnLabels.length <= 12;
  const text = (inner) => (isSmall ? inner : element('span', { class: 'hidden' }, inner));
  // Few columns fit any screen, and need no stop on the keyboard's way.
  const scrolls = columnLabels.length > 4 ? { tabindex: 0, role: 'region', 'aria-label': caption } : {};
  return element('div', { class: 'scroll', ...scrolls },
    element('table', { class: isSmall ? 'heat' : 'heat tiny' },
      element('caption', {}, caption),
      columnLabels.length > 1 && element('thead', {}, element('tr', {}, element('td'),
        columnLabels.map((label) => element('th', { scope: 'col', title: label }, text(label))))),
      element('tbody', {}, numbers.map((row, r) => element('tr', {},
        element('th', { scope: 'row', title: rowLabels[r] }, text(rowLabels[r])),
        row.map((x, c) => element('td', {
          style: heat(x, largest), title: `${rowLabels[r]}, ${columnLabels[c]}: ${shown(x)}`,
        }, text(shown(x)))))))));
};

/** Texts in rows and columns. */
const plainTable = (caption, heads, rows) => element('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption },
  element('table', { class: 'plain' }, element('caption', {}, caption),
    element('thead', {}, element('tr', {}, heads.map((head) => element('th', { scope: 'col' }, head)))),
    element('tbody', {}, rows.map((row) => element('tr', {}, row.map((cell) => element('td', {}, String(cell))))))));
