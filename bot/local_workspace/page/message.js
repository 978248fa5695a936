/** How one message looks. */
import { CallFailed, react } from './api.js';
import { drawAttachments } from './attachments.js';
import { drawBlocks } from './blocks/draw.js';
import { messageSurface } from './blocks/surface.js';
import { clockText, fullText, momentText } from './dates.js';
import { h } from './dom.js';
import { emojiText } from './emoji.js';
import { openEmojiPicker } from './emoji_picker.js';
import { drawFiles } from './files.js';
import { icon } from './icons.js';
import { openMenu } from './menu.js';
import { askToDelete, startEdit } from './message_edit.js';
import { mrkdwn } from './mrkdwn.js';
import { avatar } from './people.js';
import { authorOf, mentionName, repliesOf, state } from './state.js';
import { toast } from './toast.js';

const QUICK = ['white_check_mark', 'eyes', 'raised_hands'];

/**
 * @param {string} channel
 * @param {Object} message as Slack gives it
 * @param {{compact: boolean, place: 'channel'|'thread'|'root'}} look root is a thread's first message in the pane
 */
export function drawMessage(channel, message, { compact, place }) {
  const author = authorOf(message);
  const prefix = place === 'root' ? 'root-' : '';
  const name = `message${compact ? ' compact' : ''}${message.is_ephemeral ? ' ephemeral' : ''}`;
  const gutter = compact ? h('a', { class: 'gutter-time', title: fullText(message.ts) }, clockText(message.ts)) : avatar(author, 'large');
  return h('article', { class: name, data: { testid: `${prefix}message-${message.ts}`, ts: message.ts }, 'aria-label': `${author.name}, ${clockText(message.ts)}` },
    h('div', { class: 'gutter' }, gutter),
    h('div', { class: 'message-body' },
      message.is_ephemeral && h('div', { class: 'only-you' }, icon('eye'), 'Only visible to you'),
      !compact && byline(author, message),
      content(channel, message, prefix),
      reactions(channel, message),
      place === 'channel' && threadLine(channel, message)),
    toolbar(channel, message, place));
}

function byline(author, message) {
  return h('div', { class: 'byline' }, h('span', { class: 'author' }, author.name), author.isBot && h('span', { class: 'app-tag' }, 'App'),
    h('time', { class: 'moment', title: fullText(message.ts) }, clockText(message.ts)));
}

function content(channel, message, prefix) {
  const edited = message.edited && !message.bot_id && h('span', { class: 'edited', title: fullText(message.edited.ts ?? message.ts) }, '(edited)');
  const blocks = message.blocks?.length ? drawBlocks(message.blocks, messageSurface(channel, message)) : null;
  const text = !blocks && message.text ? h('div', { class: 'text' }, mrkdwn(message.text), edited && [' ', edited]) : null;
  return [text, blocks, blocks && edited, drawAttachments(message, channel), drawFiles(looseFiles(message), prefix)];
}

/** Files that no file block of the message shows already. */
function looseFiles(message) {
  const shown = new Set((message.blocks ?? []).filter((block) => block.type === 'file').map((block) => block.external_id));
  return (message.files ?? []).filter((file) => !shown.has(file.id) && !shown.has(file.external_id));
}

function reactions(channel, message) {
  if (!message.reactions?.length) return null;
  return h('div', { class: 'reactions' }, message.reactions.map((one) => {
    const mine = one.users?.includes(state.me);
    const who = (one.users ?? []).map(mentionName).join(', ');
    return h('button', { type: 'button', class: `reaction${mine ? ' mine' : ''}`, 'aria-pressed': String(Boolean(mine)), title: `${who} reacted with :${one.name}:`, on: { click: () => toggle(channel, message.ts, one.name, !mine) } },
      h('span', { class: 'emoji' }, emojiText(one.name)), h('span', {}, String(one.count ?? one.users?.length ?? 1)));
  }));
}

async function toggle(channel, ts, name, add) {
  try {
    await react({ user: state.me, channel, ts, name, add });
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    toast(error.message);
  }
}

/** The replies of a message, counted here, since a parent is not sent again for each reply. */
export function threadSummary(channel, message) {
  const replies = repliesOf(channel, message.ts).filter((reply) => !reply.is_ephemeral);
  return { count: replies.length, last: replies.at(-1)?.ts, authors: [...new Map(replies.map((reply) => [authorOf(reply).id, authorOf(reply)])).values()] };
}

const threadAddress = (channel, message) => `#${channel}/${message.thread_ts ?? message.ts}`;

function threadLine(channel, message) {
  const { count, last, authors } = threadSummary(channel, message);
  if (!count) return null;
  return h('a', { class: 'thread-line', href: threadAddress(channel, message), data: { testid: `open-thread-${message.ts}` } },
    h('span', { class: 'thread-faces' }, authors.slice(0, 4).map((author) => avatar(author, 'small'))),
    h('span', { class: 'thread-count' }, `${count} ${count === 1 ? 'reply' : 'replies'}`),
    h('span', { class: 'quiet' }, `Last reply ${momentText(last)}`));
}

function toolbar(channel, message, place) {
  if (message.is_ephemeral) return null;
  const add = (name) => toggle(channel, message.ts, name, true);
  const more = h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Add a reaction', title: 'Add a reaction', 'aria-expanded': 'false' }, icon('smile'));
  more.addEventListener('click', () => openEmojiPicker(more, add));
  const hasLine = threadSummary(channel, message).count > 0;
  return h('div', { class: 'toolbar', role: 'toolbar', 'aria-label': 'Message actions' },
    QUICK.map((name) => h('button', { type: 'button', class: 'icon-button emoji', 'aria-label': `React with ${name}`, title: `:${name}:`, on: { click: () => add(name) } }, emojiText(name))),
    more,
    place === 'channel' && h('a', { class: 'icon-button', href: threadAddress(channel, message), 'aria-label': 'Reply in thread', title: 'Reply in thread', data: { testid: hasLine ? undefined : `open-thread-${message.ts}` } }, icon('reply')),
    message.user === state.me && !message.subtype && ownMenu(channel, message));
}

function ownMenu(channel, message) {
  const node = h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Change or delete', title: 'More', 'aria-haspopup': 'menu', 'aria-expanded': 'false' }, icon('more'));
  const items = [
    { label: 'Edit the message', choose: () => startEdit(channel, message, node.closest('.message')) },
    { label: 'Delete it…', choose: () => askToDelete(channel, message) },
  ];
  node.addEventListener('click', () => openMenu(node, items));
  return node;
}
