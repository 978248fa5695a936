/** Who somebody is: avatars, and the switch between the people who can sit here. */
import { h } from './dom.js';
import { emit, people, state } from './state.js';

const COLOURS = ['#2b7a78', '#b3541e', '#4a5fc1', '#8e3b76', '#4f7a28', '#a23b3b'];

/** Two letters of a name. */
function initials(name) {
  const words = String(name).trim().split(/\s+/);
  return (words.length > 1 ? words[0][0] + words.at(-1)[0] : words[0]?.slice(0, 2) ?? '?').toUpperCase();
}

/** A coloured square with initials; the bot has its own picture. */
export function avatar(author, size = 'medium') {
  if (author.isBot) return h('img', { class: `avatar avatar-${size}`, src: '/page/icon.svg', alt: '' });
  const node = h('span', { class: `avatar avatar-${size}`, 'aria-hidden': 'true' }, initials(author.name));
  node.style.setProperty('--avatar', colourOf(author));
  return node;
}

function colourOf(author) {
  const own = String(author.color ?? '').replace(/^#?/, '#');
  if (/^#[0-9a-f]{6}$/i.test(own)) return own;
  const sum = [...String(author.id)].reduce((total, letter) => total + letter.charCodeAt(0), 0);
  return COLOURS[sum % COLOURS.length];
}

/** The row of people at the top of the sidebar. */
export function personSwitch() {
  const all = people();
  const me = state.users.get(state.me);
  const buttons = all.map((user) => personButton(user, user.id === state.me));
  const row = h('div', { class: 'person-row', role: 'radiogroup', 'aria-label': 'You are' }, buttons);
  row.addEventListener('keydown', (event) => moveInRow(event, buttons));
  return h('div', { class: 'person-switch', data: { testid: 'person-switch' } }, row,
    h('div', { class: 'you-are' }, h('span', {}, 'You are ', h('strong', {}, me?.real_name ?? me?.name ?? '…')), h('span', { class: 'you-title' }, me?.title || 'Click a face to be somebody else.')));
}

function personButton(user, chosen) {
  const name = user.real_name || user.name;
  return h('button', {
    type: 'button', class: 'person', role: 'radio', 'aria-checked': String(chosen), 'aria-label': `${name}${user.title ? `, ${user.title}` : ''}`,
    title: `Be ${name}`, tabindex: chosen ? '0' : '-1', data: { testid: `person-${user.id}` }, on: { click: () => emit('be', user.id) },
  }, avatar({ ...user, name }, 'medium'), h('span', { class: 'person-name' }, name.split(' ')[0]));
}

function moveInRow(event, buttons) {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const at = buttons.indexOf(document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
}
