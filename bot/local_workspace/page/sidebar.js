/** The left side: the person, the channels, the bot. */
import { byId, fill, h } from './dom.js';
import { icon } from './icons.js';
import { avatar, personSwitch } from './people.js';
import { soon } from './soon.js';
import { channelName, myChannels, on, state } from './state.js';
import { unreadIn } from './unread.js';

export function startSidebar() {
  for (const topic of ['people', 'channels', 'place', 'bot']) on(topic, draw);
  const drawSoon = soon(draw);
  for (const topic of ['messages', 'unread']) on(topic, drawSoon);
  byId('sidebar').addEventListener('keydown', moveInList);
}

function draw() {
  const focused = document.activeElement?.dataset?.testid;
  const channels = myChannels();
  fill(byId('sidebar'),
    h('div', { class: 'workspace-name' }, h('span', {}, state.team.name || 'Local workspace'), h('span', { class: 'local-tag' }, 'on this machine')),
    personSwitch(),
    h('div', { class: 'channel-scroll' },
      group('Channels', channels.filter((channel) => !channel.is_im)),
      group('Direct messages', channels.filter((channel) => channel.is_im))),
    botLine());
  if (focused) byId('sidebar').querySelector(`[data-testid="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
}

function group(title, channels) {
  return h('section', { class: 'channel-group' }, h('h2', {}, title), h('ul', {}, channels.map((channel) => h('li', {}, channelLink(channel)))));
}

function channelLink(channel) {
  const here = state.place.channel === channel.id;
  const { any, loud } = here && document.hasFocus() ? { any: false, loud: 0 } : unreadIn(channel);
  return h('a', {
    class: `channel-link${any ? ' unread' : ''}`, href: `#${channel.id}`, 'aria-current': here ? 'page' : null, data: { testid: `channel-${channel.id}` },
  }, channel.is_im ? avatar({ isBot: true }, 'small') : icon('hash'), h('span', { class: 'channel-name' }, channelName(channel)),
  channel.is_im && h('span', { class: 'app-tag' }, 'App'),
  any && h('span', { class: 'visually-hidden' }, 'unread'),
  loud > 0 && h('span', { class: 'badge', 'aria-label': `${loud} for you` }, String(loud)));
}

function botLine() {
  const on = state.bot.connected;
  return h('div', { class: `bot-line ${on ? 'is-on' : 'is-off'}` }, h('span', { class: 'lamp' }), `@${state.bot.name} is ${on ? 'connected' : 'not connected'}`);
}

function moveInList(event) {
  if (!['ArrowDown', 'ArrowUp'].includes(event.key) || !document.activeElement.matches('.channel-link')) return;
  event.preventDefault();
  const links = [...byId('sidebar').querySelectorAll('.channel-link')];
  const at = links.indexOf(document.activeElement);
  links[(at + (event.key === 'ArrowDown' ? 1 : -1) + links.length) % links.length].focus();
}
