/** The source with what is said of its names, the C beside it, and what links their lines. */
const SourceView = (() => {
  const stretch = (each, notes) => {
    if (!each.kind) return each.text;
    const hasNote = each.note !== undefined;
    return element('span', {
      class: `t-${each.kind}${each.isNonlinear ? ' nonlinear' : ''}${hasNote ? ' noted' : ''}`,
      tabindex: hasNote && each.isDeclaration ? 0 : undefined,
      'data-note': hasNote ? notes[each.note] : undefined,
      'aria-describedby': hasNote && each.isDeclaration ? 'note' : undefined,
    }, each.text);
  };

  const source = (model, linked) => element('ol', { class: 'code', id: 'source' },
    model.source.lines.map((line, at) => {
      const number = at + 1;
      const isLinked = linked.has(number);
      return element('li', { id: `L${number}`, 'data-line': number, class: isLinked ? 'linked' : undefined },
        isLinked
          ? element('button', { type: 'button', class: 'number', 'aria-label': `line ${number}: show its C` }, number)
          : element('span', { class: 'number', 'aria-hidden': 'true' }, number),
        element('code', {}, line.map((each) => stretch(each, model.source.notes))));
    }));

  const code = (model) => element('div', { class: 'code', id: 'c' },
    model.code.map((each) => element('div', { class: 'function' }, each.blocks.map((block) => element('pre', {
      'data-line': block.line, class: block.line ? 'linked' : undefined,
      tabindex: block.line ? 0 : undefined, role: block.line ? 'group' : undefined,
      'aria-label': block.line ? `C of line ${block.line}` : undefined,
    }, block.lines.join('\n'))))),
    model.codeLeftOut ? element('p', { class: 'more' }, `${model.codeLeftOut} more functions: `,
      element('code', {}, 'cajal2c --emit c --emit-grad'), ' prints them.') : undefined);

  /** Marks what is of the same line as what the pointer or the focus is on, and shows it if `scrolls`. */
  const mark = (line, from, scrolls) => {
    for (const each of document.querySelectorAll('.marked')) each.classList.remove('marked');
    if (!line) return;
    const panes = new Set();
    for (const each of document.querySelectorAll(`[data-line="${line}"]`)) {
      each.classList.add('marked');
      const pane = each.closest('.pane');
      if (!scrolls || !pane || pane.contains(from) || panes.has(pane)) continue;
      panes.add(pane);
      pane.scrollTop = each.offsetTop - pane.offsetTop - pane.clientHeight / 3;
    }
  };

  const note = element.bind(undefined, 'div', { id: 'note', role: 'tooltip', hidden: true });

  const showNote = (box, target) => {
    box.textContent = target.dataset.note;
    box.hidden = false;
    const place = target.getBoundingClientRect();
    const room = document.documentElement.clientWidth - box.offsetWidth - 8;
    const isAbove = place.bottom + box.offsetHeight + 8 > window.innerHeight && place.top > box.offsetHeight;
    box.style.left = `${Math.max(8, Math.min(place.left, room)) + window.scrollX}px`;
    box.style.top = `${(isAbove ? place.top - box.offsetHeight - 4 : place.bottom + 4) + window.scrollY}px`;
  };

  const listen = (box) => {
    const about = (event, isFocus) => {
      const target = event.target instanceof Element ? event.target : undefined;
      const noted = target?.closest('[data-note]');
      if (noted) showNote(box, noted);
      else if (!target?.closest('#note')) box.hidden = true;
      mark(target?.closest('[data-line]')?.dataset.line, target, isFocus);
    };
    document.addEventListener('pointerover', (event) => about(event, false));
    document.addEventListener('focusin', (event) => about(event, true));
    document.addEventListener('click', (event) => about(event, true));
    document.addEventListener('keydown', (event) => { if (event.key === 'Escape') box.hidden = true; });
  };

  const view = (model) => {
    const linked = new Set(model.code.flatMap((each) => each.blocks.map((block) => block.line)).filter(Boolean));
    return element('section', { 'aria-labelledby': 'text' },
      element('h2', { id: 'text' }, 'Source and C'),
      element('p', { class: 'hint' }, 'Names say what they are on hover and focus; a line and its C mark each other.'),
      element('div', { class: 'panes' },
        element('div', { class: 'pane', role: 'region', 'aria-label': 'source', tabindex: 0 }, source(model, linked)),
        element('div', { class: 'pane', role: 'region', 'aria-label': 'C', tabindex: 0 },
          model.code.length ? code(model) : element('p', {}, 'No function computes anything.'))));
  };

  return { view, note, listen };
})();
