/** Slack's rich text: what its own composer makes, and what task cards and tables carry. */
import { codeFence } from './code.js';
import { slackDate } from './dates.js';
import { fragment, h, link } from './dom.js';
import { drawChannel, drawEmoji, drawUser } from './mrkdwn.js';

/** @param {Object} block of type rich_text */
export function richText(block) {
  return h('div', { class: 'rich-text' }, lists(block.elements ?? []));
}

/** Neighbouring lists of deeper indent belong under the item before them; margins show it. */
function lists(elements) {
  return elements.map((element) => (SECTIONS[element.type] ?? unknown)(element));
}

const SECTIONS = {
  rich_text_section: (element) => h('div', { class: 'rich-section' }, parts(element.elements)),
  rich_text_quote: (element) => h('blockquote', {}, parts(element.elements)),
  rich_text_preformatted: (element) => codeFence(plain(element.elements), element.language ?? ''),
  rich_text_list: drawList,
};

function drawList(element) {
  const tag = element.style === 'ordered' ? 'ol' : 'ul';
  const props = { class: `rich-list level-${Math.min(element.indent ?? 0, 4)}` };
  if (element.offset) props.start = element.offset + 1;
  return h(tag, props, (element.elements ?? []).map((item) => h('li', {}, parts(item.elements))));
}

function parts(elements) {
  return (elements ?? []).map((part) => styled((PARTS[part.type] ?? unknown)(part), part.style));
}

const PARTS = {
  text: (part) => withBreaks(part.text ?? ''),
  link: (part) => link(part.url, part.text || null),
  emoji: (part) => (part.unicode ? fromCodes(part.unicode) : drawEmoji(part.name ?? '')),
  user: (part) => drawUser(part.user_id),
  channel: (part) => drawChannel(part.channel_id),
  usergroup: (part) => h('span', { class: 'mention' }, `@${part.usergroup_id}`),
  team: (part) => h('span', { class: 'mention' }, `@${part.team_id}`),
  broadcast: (part) => h('span', { class: 'mention mention-all' }, `@${part.range}`),
  date: (part) => h('time', {}, slackDate(part.timestamp, part.format ?? '{date_short} {time}')),
  color: (part) => colour(part.value),
};

function withBreaks(text) {
  return fragment(text.split('\n').map((line, index) => (index ? [h('br'), line] : line)));
}

function fromCodes(codes) {
  return String.fromCodePoint(...codes.split('-').map((code) => parseInt(code, 16)));
}

function colour(value) {
  const dot = h('span', { class: 'colour-dot' });
  dot.style.setProperty('--dot', value);
  return h('span', {}, dot, value);
}

function styled(node, style = {}) {
  let out = node;
  if (style.code) out = h('code', { class: 'inline' }, out);
  if (style.bold) out = h('strong', {}, out);
  if (style.italic) out = h('em', {}, out);
  if (style.strike) out = h('s', {}, out);
  if (style.underline) out = h('u', {}, out);
  return out;
}

function plain(elements) {
  return (elements ?? []).map((part) => part.text ?? part.url ?? '').join('');
}

function unknown(part) {
  return h('span', { class: 'unknown-part' }, `[${part?.type ?? 'unknown'}]`);
}
