/** Slack's own mark-up, mrkdwn, as elements. */
import { codeFence } from './code.js';
import { slackDate } from './dates.js';
import { fragment, h, link } from './dom.js';
import { emojiText } from './emoji.js';
import { channelById, mentionName, state } from './state.js';

/** Undo Slack's three escapes. */
export function unescapeText(text) {
  return text.replace(/&lt;/g, '<').replace(/&gt;/g, '>').replace(/&amp;/g, '&');
}

const LANGUAGES = /^(python|py|bash|sh|shell|console|javascript|js|json|sql|text|txt|yaml|toml|diff|html|css)$/i;

/** A whole text: fences, quotes, lists and lines. */
export function mrkdwn(text) {
  const parts = String(text ?? '').split(/```([\s\S]*?)```/);
  return fragment(parts.map((part, index) => (index % 2 ? fence(part) : flow(part, index, parts.length))));
}

function fence(text) {
  const newline = text.indexOf('\n');
  const first = text.slice(0, Math.max(newline, 0)).trim();
  const named = newline > 0 && LANGUAGES.test(first);
  const body = named ? text.slice(newline + 1) : text.replace(/^\n/, '');
  return codeFence(unescapeText(plainLinks(body)).replace(/\n$/, ''), named ? first : '');
}

/** Inside code Slack keeps the address of a link and nothing else. */
function plainLinks(text) {
  return text.replace(/<((?:https?|mailto):[^|<>]+)(?:\|([^<>]*))?>/g, (whole, address, label) => label ?? address);
}

/** The text between fences; its line break beside a fence is the fence's own. */
function flow(text, index, count) {
  let body = index > 0 ? text.replace(/^\n/, '') : text;
  if (index < count - 1) body = body.replace(/\n$/, '');
  return body ? lines(body.split('\n')) : null;
}

const BULLET = /^(\s*)(?:[•◦▪]|[-*](?=\s))\s+(.*)$/;
const NUMBER = /^(\s*)(\d{1,3})[.)]\s+(.*)$/;

function lines(all) {
  const out = [];
  for (let at = 0; at < all.length;) {
    const quoted = run(all, at, (line) => /^(&gt;|>)/.test(line));
    if (quoted.length) {
      out.push(h('blockquote', {}, lines(quoted.map((line) => line.replace(/^(&gt;|>) ?/, '')))));
      at += quoted.length;
      continue;
    }
    out.push(oneLine(all[at], at < all.length - 1));
    at += 1;
  }
  return out;
}

function run(all, from, accepts) {
  let end = from;
  while (end < all.length && accepts(all[end])) end += 1;
  return all.slice(from, end);
}

function oneLine(line, more) {
  const bullet = BULLET.exec(line);
  if (bullet) return listLine('•', bullet[1].length, bullet[2]);
  const number = NUMBER.exec(line);
  if (number) return listLine(`${number[2]}.`, number[1].length, number[3]);
  return [inline(line), more ? h('br') : null];
}

function listLine(mark, indent, text) {
  const level = Math.min(Math.floor(indent / 2), 4);
  return h('div', { class: `list-line level-${level}` }, h('span', { class: 'list-mark' }, mark), h('span', {}, inline(text)));
}

const INLINE = new RegExp([
  '`([^`\\n]+)`',
  '<([^<>\\n]+)>',
  '(?<![\\w*])\\*(?=\\S)([^*\\n]*[^*\\s])\\*(?![\\w*])',
  '(?<![\\w_])_(?=\\S)([^_\\n]*[^_\\s])_(?![\\w_])',
  '(?<![\\w~])~(?=\\S)([^~\\n]*[^~\\s])~(?![\\w~])',
  ":([a-z0-9_+'-]+):(?::skin-tone-\\d:)?",
  '\\b(https?://[^\\s<>|]*[^\\s<>|.,;:!?)\\]])',
].join('|'), 'gi');

/** One line's inline marks. */
export function inline(text) {
  const out = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    out.push(unescapeText(text.slice(last, match.index)), inlineMatch(match));
    last = match.index + match[0].length;
  }
  out.push(unescapeText(text.slice(last)));
  return out;
}

function inlineMatch([whole, code, entity, bold, italic, strike, emoji, address]) {
  if (code !== undefined) return h('code', { class: 'inline' }, unescapeText(plainLinks(code)));
  if (entity !== undefined) return drawEntity(entity);
  if (bold !== undefined) return h('strong', {}, inline(bold));
  if (italic !== undefined) return h('em', {}, inline(italic));
  if (strike !== undefined) return h('s', {}, inline(strike));
  if (emoji !== undefined) return drawEmoji(emoji);
  return address === undefined ? whole : link(unescapeText(address));
}

/** An emoji as a span with its name, or the text where it is not known. */
export function drawEmoji(name) {
  const text = emojiText(name.toLowerCase());
  if (text.startsWith(':')) return text;
  return h('span', { class: 'emoji', role: 'img', 'aria-label': name, title: `:${name}:` }, text);
}

function drawEntity(entity) {
  const bar = entity.indexOf('|');
  const target = bar < 0 ? entity : entity.slice(0, bar);
  const label = bar < 0 ? null : entity.slice(bar + 1);
  if (target.startsWith('@')) return drawUser(target.slice(1), label);
  if (target.startsWith('#')) return drawChannel(target.slice(1), label);
  if (target.startsWith('!')) return drawSpecial(target.slice(1), label);
  return link(unescapeText(target), label === null ? null : inline(label));
}

/** A mention of a person or of the bot. */
export function drawUser(id, label = null) {
  const mine = id === state.me ? ' mention-me' : '';
  return h('span', { class: `mention${mine}`, data: { user: id } }, `@${label || mentionName(id)}`);
}

/** A channel's name, which leads to it. */
export function drawChannel(id, label = null) {
  const known = channelById(id);
  const name = `#${known?.name ?? label ?? id}`;
  return known ? h('a', { class: 'mention', href: `#${id}` }, name) : h('span', { class: 'mention' }, name);
}

function drawSpecial(target, label) {
  if (target.startsWith('date^')) {
    const [, seconds, format, address] = target.split('^');
    const shown = h('time', { title: slackDate(seconds, '{date_long} {time_secs}') }, slackDate(seconds, unescapeText(format)));
    return address ? link(unescapeText(address), shown) : shown;
  }
  if (target.startsWith('subteam^')) return h('span', { class: 'mention' }, label ?? `@${target.slice(8)}`);
  return h('span', { class: 'mention mention-all' }, `@${(label ?? target).replace(/^@/, '')}`);
}
