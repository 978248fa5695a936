/** Start the page: read the state, draw, and listen. */
import { CallFailed, getMessages, getState } from './api.js';
import { startChannelHead } from './channel_head.js';
import { byId, fill, h } from './dom.js';
import { startFaults, takeFaults } from './faults.js';
import { startHome } from './home.js';
import { startKeyboard } from './keyboard.js';
import { listen } from './live.js';
import { startComposer } from './main_composer.js';
import { startMessages } from './messages.js';
import { startModals, viewClosed, viewOpened, viewUpdated } from './modal.js';
import { takePlace } from './place.js';
import { startSidebar } from './sidebar.js';
import { dropMessage, emit, forgetMessages, myChannels, on, people, putMessage, setMessages, state, takeState } from './state.js';
import { startTheme } from './theme.js';
import { startThread } from './thread.js';
import { toast } from './toast.js';
import { startTopbar } from './topbar.js';

const LAST_PERSON = 'dispatch-workspace-person';

/** Changes heard while the messages are being read: the answer may be older than they are. */
let heard = [];
let reading = 0;

function change(channel, apply) {
  apply();
  if (reading) heard.push(apply);
  emit('messages', { channel });
}

const HANDLERS = {
  message: ({ channel, message }) => change(channel, () => putMessage(channel, message)),
  message_deleted: ({ channel, ts }) => change(channel, () => dropMessage(channel, ts)),
  view_opened: ({ view }) => viewOpened(view),
  view_updated: ({ view }) => viewUpdated(view),
  view_closed: ({ view_id: id }) => viewClosed(id),
  home: ({ view }) => {
    state.home = view;
    emit('home');
  },
  bot: ({ connected }) => {
    state.bot.connected = connected;
    emit('bot');
  },
  faults: ({ faults }) => takeFaults(faults),
  error: ({ sentence }) => toast(sentence),
  resync: () => readAll().catch(report),
};

/** Read the state and every channel's messages; draws all. */
async function readAll() {
  reading += 1;
  try {
    await readThem();
  } finally {
    reading -= 1;
    if (!reading) heard = [];
  }
  for (const topic of ['bot', 'faults', 'channels', 'messages']) emit(topic);
}

async function readThem() {
  takeState(await getState(state.me));
  if (!people().some((user) => user.id === state.me)) state.me = firstPerson();
  const channels = myChannels();
  const answers = await Promise.all(channels.map((channel) => getMessages(channel.id, state.me)));
  channels.forEach((channel, index) => setMessages(channel.id, answers[index].messages));
  heard.forEach((apply) => apply());
}

function firstPerson() {
  const last = sessionStorage.getItem(LAST_PERSON);
  return (people().find((user) => user.id === last) ?? people()[0])?.id ?? '';
}

/** Sit down as somebody: their channels, their messages, their events. */
async function be(user) {
  state.me = user;
  heard = [];
  forgetMessages();
  state.home = null;
  await readAll();
  remember();
  listen(state.me, HANDLERS);
  takePlace();
  emit('people');
}

/** The address names the person, so that two windows can be two people and a reload stays the same one. */
function remember() {
  sessionStorage.setItem(LAST_PERSON, state.me);
  const address = new URL(location.href);
  address.searchParams.set('user', state.me);
  history.replaceState(null, '', address);
}

/** A direct message is each person's own; the next person's takes its place. */
function moveOver(user) {
  const old = state.channels.find((channel) => channel.id === state.place.channel);
  const own = old?.is_im && state.channels.find((channel) => channel.is_im && channel.user === user);
  if (own) history.replaceState(null, '', `#${own.id}${state.place.tab === 'home' ? '/home' : ''}`);
}

function report(error) {
  if (!(error instanceof CallFailed)) throw error;
  toast(error.message);
}

async function begin() {
  state.me = new URLSearchParams(location.search).get('user') ?? '';
  try {
    await be(state.me);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    fill(byId('messages'), h('div', { class: 'empty' }, h('h2', {}, 'The local workspace does not answer'), h('p', { class: 'quiet' }, error.message)));
    setTimeout(begin, 2000);
  }
}

startTheme();
startKeyboard();
startModals();
startFaults();
startTopbar();
startSidebar();
startChannelHead();
startMessages();
startThread();
startHome();
startComposer();
on('be', (user) => {
  if (user === state.me) return;
  moveOver(user);
  be(user).catch(report);
});
addEventListener('hashchange', takePlace);
begin();
