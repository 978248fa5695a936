/** The thread pane on the right. */
import { byId, fill, h } from './dom.js';
import { Composer } from './composer.js';
import { icon } from './icons.js';
import { MessageList } from './message_list.js';
import { moveInMessages } from './messages.js';
import { soon } from './soon.js';
import { channelById, channelName, messagesOf, on, state } from './state.js';

let list = null;
let composer = null;
let built = '';

export function startThread() {
  on('place', draw);
  on('people', draw);
  const drawSoon = soon(draw);
  on('messages', (detail) => (!detail || detail.channel === state.place.channel) && drawSoon());
}

function draw() {
  const { channel, thread } = state.place;
  const pane = byId('thread');
  pane.hidden = !thread;
  document.body.classList.toggle('has-thread', Boolean(thread));
  if (!thread) {
    built = '';
    return;
  }
  const key = `${state.me}/${channel}/${thread}`;
  if (built !== key) build(pane, channel, thread, key);
  const messages = messagesOf(channel).filter((message) => message.ts === thread || message.thread_ts === thread);
  list.show(channel, messages, { key, rootTs: thread });
}

function build(pane, channel, thread, key) {
  built = key;
  const where = channelById(channel);
  const scroller = h('div', { class: 'scroller', role: 'log', 'aria-label': 'Thread', tabindex: '0', on: { keydown: moveInMessages } });
  list = new MessageList(scroller, 'thread');
  composer = new Composer({ name: 'thread', placeholder: 'Reply…', address: () => ({ channel, thread_ts: thread }) });
  fill(pane,
    h('header', { class: 'thread-head' }, h('div', {}, h('h2', {}, 'Thread'), h('span', { class: 'quiet' }, where?.is_im ? channelName(where) : `#${channelName(where)}`)),
      h('a', { class: 'icon-button', href: `#${channel}`, 'aria-label': 'Close the thread', title: 'Close (Esc)', data: { testid: 'thread-close' } }, icon('close'))),
    scroller, composer.node);
  composer.open(key);
}
