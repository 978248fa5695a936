/** The input block: a label, a field, a hint, and the place of its error. */
import { h } from '../dom.js';
import { drawElement } from './elements.js';
import { plainText } from './texts.js';

let serial = 0;

export function input(block, surface) {
  const field = drawElement(block.element, block.block_id, surface, !block.dispatch_action);
  serial += 1;
  const error = h('p', { class: 'field-error', id: `error-${serial}`, role: 'alert', hidden: true });
  const label = h('label', { class: 'field-label', id: `label-${serial}` }, plainText(block.label), block.optional && h('span', { class: 'quiet' }, ' (optional)'));
  const control = field.matches?.('input, textarea, select') ? field : field.querySelector?.('input, textarea, select');
  if (control) name(control, label, error);
  const grouped = field.matches?.('.choices');
  if (grouped) field.setAttribute('aria-labelledby', label.id);
  return h('div', { class: 'field-block', data: { optional: String(Boolean(block.optional)) } }, label, field,
    block.hint && h('p', { class: 'quiet field-hint' }, plainText(block.hint)), error);
}

function name(control, label, error) {
  control.setAttribute('aria-describedby', error.id);
  if (control.matches('[type=checkbox], [type=radio]')) return;
  control.id ||= `field-${serial}`;
  control.removeAttribute('aria-label');
  label.setAttribute('for', control.id);
}

/** Show a sentence under an input block, or take it away with null. */
export function showFieldError(node, sentence) {
  const place = node.querySelector('.field-error');
  const control = node.querySelector('input, textarea, select');
  node.classList.toggle('has-error', Boolean(sentence));
  control?.setAttribute('aria-invalid', String(Boolean(sentence)));
  if (!place) return;
  place.textContent = sentence ?? '';
  place.hidden = !sentence;
}
