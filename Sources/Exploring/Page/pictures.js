/** Matrices as pictures, a pixel an entry. */
const Pictures = (() => {
  const strange = 255;
  /** As `--positive` and `--negative`: they fade into the ground, light or dark. */
  const [positive, negative] = [[232, 115, 12], [31, 120, 209]];
  const missing = [200, 40, 160, 255];

  /** From black to white. */
  const grey = (byte) => {
    if (byte === strange) return missing;
    const level = Math.round((byte / 254) * 255);
    return [level, level, level, 255];
  };

  /** Nothing in the middle of the scale, blue below and orange above. */
  const signed = (byte) => {
    if (byte === strange) return missing;
    return [...(byte < 127 ? negative : positive), Math.round((Math.abs(byte - 127) / 127) * 255)];
  };

  const describe = (picture) => {
    const count = picture.strange;
    const odd = count ? `, ${count} ${count === 1 ? 'is' : 'are'} no finite number` : '';
    return `${picture.least === undefined ? 'no entry is finite' : `from ${shown(picture.least)} to ${shown(picture.largest)}`}${odd}`;
  };

  const draw = (picture, rows, columns, colour, name) => {
    const label = `${name}: ${describe(picture)}`;
    const width = Math.min(Math.max(columns * 2, 44), 128);
    const canvas = element('canvas', {
      class: 'picture', width: columns, height: rows, role: 'img', 'aria-label': label, title: label,
      style: `width:${width}px;height:${Math.round((width * rows) / columns)}px`,
    });
    const context = canvas.getContext('2d');
    const image = context.createImageData(columns, rows);
    const text = atob(picture.pixels);
    for (let at = 0; at < text.length; at++) image.data.set(colour(text.charCodeAt(at)), at * 4);
    context.putImageData(image, 0, 0);
    return canvas;
  };

  /** The weights of a net's first layer. */
  const kernels = (each) => {
    const { tensor, pictures, rows, columns, largest, leftOut } = each;
    return element('figure', {},
      element('figcaption', { class: 'hint' },
        `${tensor}: the weights of each unit, ${rows} by ${columns}; blue is below 0, orange above, at most ${shown(largest)}.`,
        leftOut ? ` The first ${pictures.length} of ${pictures.length + leftOut}.` : undefined),
      element('div', { class: 'pictures' },
        pictures.map((picture, unit) => draw(picture, rows, columns, signed, `${tensor}, unit ${unit}`))));
  };

  return { draw, grey, signed, describe, kernels };
})();
