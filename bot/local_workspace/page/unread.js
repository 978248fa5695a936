/** What the person has not read yet; remembered by the browser, for each person. */
import { authorOf, compareTs, emit, isReply, isTopLevel, messagesOf, repliesOf, state } from './state.js';

const KEY = 'dispatch-workspace-read';
const marks = load();

function load() {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
}

const keyOf = (channel) => `${state.me}/${channel}`;

/** The ts up to which the person has read the channel. */
export function readUpTo(channel) {
  return marks[keyOf(channel)] ?? '0.0';
}

/** Take everything in the channel as read. */
export function markRead(channel) {
  const last = messagesOf(channel).at(-1)?.ts;
  if (!last || compareTs(last, readUpTo(channel)) <= 0) return;
  marks[keyOf(channel)] = last;
  try {
    localStorage.setItem(KEY, JSON.stringify(marks));
  } catch {
    // A browser that keeps nothing still shows the page; unread marks then live as long as the tab.
  }
  emit('unread');
}

/**
 * @param {Object} channel
 * @returns {{any: boolean, loud: number}} whether something is new, and how much of it is for this person
 */
export function unreadIn(channel) {
  const since = readUpTo(channel.id);
  const fresh = messagesOf(channel.id).filter((message) => compareTs(message.ts, since) > 0 && authorOf(message).id !== state.me);
  const loud = fresh.filter((message) => channel.is_im || isForMe(channel.id, message));
  return { any: fresh.some(isTopLevel) || loud.length > 0, loud: loud.length };
}

function isForMe(channel, message) {
  if (String(message.text ?? '').includes(`<@${state.me}>`)) return true;
  if (!isReply(message)) return false;
  const root = state.messages.get(channel)?.get(message.thread_ts);
  return root?.user === state.me || repliesOf(channel, message.thread_ts).some((reply) => reply.user === state.me);
}
