/** A field of emoji to choose from. */
import { h } from './dom.js';
import { EMOJI } from './emoji.js';
import { place } from './menu.js';

/**
 * @param {HTMLElement} anchor
 * @param {(name: string) => void} choose
 */
export function openEmojiPicker(anchor, choose) {
  const grid = h('div', { class: 'emoji-grid' });
  const search = h('input', { class: 'input', type: 'text', placeholder: 'Find an emoji', 'aria-label': 'Find an emoji' });
  const picker = h('div', { class: 'menu emoji-picker', popover: 'auto', 'aria-label': 'Emoji' }, search, grid);
  const pick = (name) => {
    picker.hidePopover();
    choose(name);
  };
  const draw = () => {
    const wanted = search.value.trim().toLowerCase();
    const found = [...EMOJI].filter(([name]) => name.includes(wanted)).slice(0, 160);
    grid.replaceChildren(...found.map(([name, text]) => h('button', { type: 'button', class: 'icon-button emoji', 'aria-label': name, title: `:${name}:`, on: { click: () => pick(name) } }, text)));
  };
  search.addEventListener('input', draw);
  search.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') grid.firstElementChild?.click();
  });
  picker.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    picker.remove();
    anchor.focus();
  });
  draw();
  document.body.append(picker);
  picker.showPopover();
  place(picker, anchor);
  search.focus();
}
