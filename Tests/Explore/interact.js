'use strict';
// Runs in a page of `cajal2c explore`, after its own script: uses it as a person would, and leaves what went wrong in an
// element for `look`.
{
  const wrong = [];
  const expect = (holds, what) => { if (!holds) wrong.push(what); };
  const root = document.documentElement;
  const found = (selector) => document.querySelector(selector);

  const noted = found('[data-note][tabindex]');
  if (noted) {
    noted.focus();
    const note = found('#note');
    expect(!note.hidden && note.textContent === noted.dataset.note && note.textContent !== '', 'no note on focus');
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    expect(note.hidden, 'a note stays');
  }

  const number = found('button.number');
  if (number) {
    number.click();
    const { line } = number.closest('li').dataset;
    const blocks = [...document.querySelectorAll(`#c [data-line="${line}"]`)];
    expect(blocks.length > 0 && blocks.every((block) => block.classList.contains('marked')), 'a line does not mark its C');
    blocks[0]?.focus();
    expect(found(`#L${line}`).classList.contains('marked'), 'C does not mark its line');
  }

  for (const section of document.querySelectorAll('section[id^=program-]')) {
    const name = section.id.slice('program-'.length);
    const button = section.querySelector('button[aria-pressed]');
    const drawn = section.querySelector('.graph');
    button.click();
    const text = section.querySelector('.graph')?.textContent;
    expect(!drawn || text === undefined || text.includes('out_bar'), `${name}: no adjoint`);
    button.click();
    const inner = [...section.querySelectorAll('.graph .node rect')];
    expect(inner.every((rect) => Number(rect.getAttribute('width')) > 0), `${name}: an empty node`);
    for (const label of section.querySelectorAll('.graph .node > text:not(.space, .tag)')) {
      const width = Number(label.parentElement.querySelector('rect').getAttribute('width'));
      expect(label.getComputedTextLength() <= width, `${name}: ${label.textContent} is wider than its node`);
    }
    for (const cell of section.querySelectorAll('.run td')) expect(!cell.textContent.includes('NaN'), `${name}: NaN`);
  }

  const all = [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')];
  expect(all.every((each) => each.getAttribute('aria-label') || each.textContent.trim() || each.labels?.length
    || each.closest('label')), 'something on the keyboard\'s way has no name');
  expect(root.scrollWidth <= root.clientWidth, `the page is ${root.scrollWidth} wide on ${root.clientWidth}`);

  const field = found('.run input[type=number]');
  const finish = () => document.body.append(element('output', { id: 'wrong' }, `wrong: ${JSON.stringify(wrong)}`));
  if (field) {
    const section = field.closest('section');
    const vector = section.querySelector('[aria-live]').textContent;
    const gradient = Number(section.querySelector('.gradient').textContent);
    // Of the sum of all entries, or of one: where it is 0 nothing need change.
    field.value = 0.25;
    field.dispatchEvent(new Event('input'));
    setTimeout(() => {
      const slider = field.closest('tr').querySelector('[type=range]');
      expect(Math.abs(Number(slider.value) - 0.25) < 0.006, 'a slider does not follow its field');
      expect(gradient === 0 || section.querySelector('[aria-live]').textContent !== vector, 'the result stays');
      finish();
    }, 500);
  } else finish();
}
