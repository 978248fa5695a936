/**
 * What the page knows. Everything that draws listens to topics: people, channels, place, messages,
 * unread, home, views, bot, faults, live.
 */

export const state = {
  /** id of the person who sits here */
  me: '',
  team: { id: '', name: '' },
  bot: { user_id: '', name: '', app_id: '', commands: [], connected: false },
  users: new Map(),
  channels: [],
  faults: [],
  /** channel id → Map of ts → message */
  messages: new Map(),
  /** where the person looks: tab is messages or home; thread is a ts or null */
  place: { channel: '', tab: 'messages', thread: null },
  home: null,
  /** the open modals, the one on top last */
  views: [],
  /** 'open' while the event stream is up */
  live: 'connecting',
  /** what was typed and chosen in blocks: surface key → block_id → action_id → element state */
  inputs: new Map(),
};

const listeners = new Map();

/** Call `listener(detail)` whenever `topic` changes. */
export function on(topic, listener) {
  if (!listeners.has(topic)) listeners.set(topic, []);
  listeners.get(topic).push(listener);
}

/** Tell those who listen to `topic`. */
export function emit(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

/** Take what GET /workspace/state answered. */
export function takeState(answer) {
  state.team = answer.team;
  state.bot = { commands: [], ...answer.bot };
  state.users = new Map(answer.users.map((user) => [user.id, user]));
  state.channels = answer.channels;
  state.faults = answer.faults ?? [];
}

/** Persons who can sit here: not bots. */
export function people() {
  return [...state.users.values()].filter((user) => !user.is_bot && user.id !== state.bot.user_id);
}

/** Channels that the person sees: the public ones, and their own direct messages. */
export function myChannels() {
  return state.channels.filter((channel) => !channel.is_im || channel.user === state.me);
}

export function channelById(id) {
  return state.channels.find((channel) => channel.id === id);
}

/** The name as it is shown after `#`, or the bot's name for a direct message. */
export function channelName(channel) {
  if (!channel) return '';
  return channel.is_im ? state.bot.name : channel.name;
}

/** channel id → {sorted, replies}, made when asked for and dropped when a message comes or goes */
const indexes = new Map();

function indexOf(channel) {
  if (!indexes.has(channel)) indexes.set(channel, makeIndex([...(state.messages.get(channel)?.values() ?? [])]));
  return indexes.get(channel);
}

function makeIndex(messages) {
  const sorted = messages.sort((one, other) => compareTs(one.ts, other.ts));
  const replies = new Map();
  for (const message of sorted.filter(isReply)) {
    if (!replies.has(message.thread_ts)) replies.set(message.thread_ts, []);
    replies.get(message.thread_ts).push(message);
  }
  return { sorted, replies };
}

/** A channel's messages, oldest first. */
export function messagesOf(channel) {
  return indexOf(channel).sorted;
}

/** Order of two Slack timestamps; as numbers they would lose their last digits. */
export function compareTs(one, other) {
  if (one.length === other.length) return one < other ? -1 : Number(one > other);
  const [a, b = ''] = one.split('.');
  const [c, d = ''] = other.split('.');
  return Number(a) - Number(c) || Number(b.padEnd(6, '0')) - Number(d.padEnd(6, '0'));
}

export function isReply(message) {
  return Boolean(message.thread_ts) && message.thread_ts !== message.ts;
}

/** A message that stands in the channel itself. */
export function isTopLevel(message) {
  return !isReply(message) || message.subtype === 'thread_broadcast';
}

export function repliesOf(channel, ts) {
  return indexOf(channel).replies.get(ts) ?? [];
}

/** Put a new or changed message in its place; true if it was not known before. */
export function putMessage(channel, message) {
  if (!state.messages.has(channel)) state.messages.set(channel, new Map());
  const known = state.messages.get(channel);
  const isNew = !known.has(message.ts);
  known.set(message.ts, message);
  indexes.delete(channel);
  return isNew;
}

export function dropMessage(channel, ts) {
  state.messages.get(channel)?.delete(ts);
  indexes.delete(channel);
}

/** Replace what is known of a channel; a message that is as before stays the same object and is not redrawn. */
export function setMessages(channel, messages) {
  const known = state.messages.get(channel) ?? new Map();
  const kept = (message) => (JSON.stringify(known.get(message.ts)) === JSON.stringify(message) ? known.get(message.ts) : message);
  state.messages.set(channel, new Map(messages.map((message) => [message.ts, kept(message)])));
  indexes.delete(channel);
}

/** Know nothing of any channel, as before somebody else sits down. */
export function forgetMessages() {
  state.messages.clear();
  indexes.clear();
}

/** Who wrote a message: name, colour, whether an app. */
export function authorOf(message) {
  const isBot = Boolean(message.bot_id) || message.user === state.bot.user_id;
  const user = state.users.get(message.user);
  if (isBot) {
    return { id: state.bot.user_id, name: message.username || state.bot.name || 'App', isBot: true };
  }
  return user
    ? { id: user.id, name: user.real_name || user.name, color: user.color, isBot: false }
    : { id: message.user ?? '', name: message.username || 'Somebody', isBot: false };
}

/** The name after `@` of a user id. */
export function mentionName(id) {
  if (id === state.bot.user_id) return state.bot.name;
  const user = state.users.get(id);
  return user ? user.real_name || user.name : id;
}
