/** Short sentences that appear and go: refusals, and what went wrong. */
import { byId, h } from './dom.js';
import { icon } from './icons.js';

const SHOWN_FOR = 7000;

/** @param {string} sentence
 *  @param {'error'|'note'} kind */
export function toast(sentence, kind = 'error') {
  const place = byId('toasts');
  const note = h('div', { class: `toast toast-${kind}`, data: { testid: 'toast' } }, icon(kind === 'error' ? 'warning' : 'info'), h('span', {}, sentence),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Dismiss', on: { click: () => remove(note) } }, icon('close')));
  place.append(note);
  raise(place);
  let timer = setTimeout(() => remove(note), SHOWN_FOR);
  note.addEventListener('mouseenter', () => clearTimeout(timer));
  note.addEventListener('mouseleave', () => { timer = setTimeout(() => remove(note), 2000); });
}

/** Shown again, it stands above a dialog that was opened since. */
function raise(place) {
  if (place.matches(':popover-open')) place.hidePopover();
  place.showPopover();
}

function remove(note) {
  const place = note.parentElement;
  note.remove();
  if (place && !place.children.length) place.hidePopover();
}
