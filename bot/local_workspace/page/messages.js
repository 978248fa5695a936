/** The channel's messages, the line of what is new, and what to try where there is nothing yet. */
import { byId, fill } from './dom.js';
import { icon } from './icons.js';
import { MessageList } from './message_list.js';
import { soon } from './soon.js';
import { channelById, isTopLevel, messagesOf, on, state } from './state.js';
import { emptyState } from './suggestions.js';
import { markRead, readUpTo } from './unread.js';

let list = null;
let opened = { key: '', readUpTo: '' };

export function startMessages() {
  list = new MessageList(byId('messages'), 'channel');
  on('place', draw);
  on('people', draw);
  const drawSoon = soon(draw);
  on('messages', (detail) => (!detail || detail.channel === state.place.channel) && drawSoon());
  byId('messages').addEventListener('scroll', showJump);
  byId('messages').addEventListener('keydown', moveInMessages);
  fill(byId('jump-latest'), icon('down'), 'Newest');
  byId('jump-latest').addEventListener('click', () => list.toEnd());
  addEventListener('focus', () => seen());
}

function draw() {
  const { channel, tab } = state.place;
  byId('stage').hidden = tab !== 'messages';
  if (tab !== 'messages' || !channel) return;
  const key = `${state.me}/${channel}`;
  // What was read is taken when the channel opens, so that the line does not run away while one reads.
  if (opened.key !== key) opened = { key, readUpTo: readUpTo(channel) };
  const messages = messagesOf(channel).filter(isTopLevel);
  if (messages.length) {
    list.show(channel, messages, { key, readUpTo: opened.readUpTo === '0.0' ? '' : opened.readUpTo, me: state.me });
  } else {
    list.restart(null);
    fill(byId('messages'), emptyState(channelById(channel)));
  }
  seen();
  showJump();
}

function seen() {
  if (document.hasFocus() && state.place.tab === 'messages') markRead(state.place.channel);
}

function showJump() {
  byId('jump-latest').hidden = list.isAtEnd() || !list.key;
}

/** Arrow keys go from message to message once one of them, or the list, has the focus. */
export function moveInMessages(event) {
  if (!['ArrowDown', 'ArrowUp'].includes(event.key)) return;
  const scroller = event.currentTarget;
  const at = document.activeElement;
  if (at !== scroller && !at.matches('.message')) return;
  const rows = [...scroller.querySelectorAll('.message')];
  if (!rows.length) return;
  event.preventDefault();
  const index = at === scroller ? rows.length : rows.indexOf(at);
  const next = rows[Math.min(Math.max(index + (event.key === 'ArrowDown' ? 1 : -1), 0), rows.length - 1)];
  next.tabIndex = -1;
  next.focus();
}
