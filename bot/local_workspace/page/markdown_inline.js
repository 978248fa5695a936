/** The marks inside a line of Markdown. */
import { h, link } from './dom.js';
import { drawChannel, drawEmoji, drawUser } from './mrkdwn.js';

const INLINE = new RegExp([
  '\\\\([\\\\`*_{}\\[\\]()#+.!|~<>-])',
  '(?<ticks>`+)(?<code>[^`]|[^`][\\s\\S]*?[^`])\\k<ticks>(?!`)',
  '!\\[(?<alt>[^\\]]*)\\]\\((?<source>[^()\\s]+)[^()]*\\)',
  '\\[(?<label>(?:[^\\[\\]]|\\[[^\\]]*\\])+)\\]\\(<?(?<target>(?:[^()\\s<>]|\\([^()\\s]*\\))+)>?(?:\\s+"[^"]*")?\\)',
  '<@(?<user>[UW][A-Z0-9]+)>',
  '<#(?<channel>C[A-Z0-9]+)(?:\\|[^>]*)?>',
  '<(?<auto>(?:https?://|mailto:)[^<>\\s]+)>',
  '\\*\\*(?=\\S)(?<bold>[\\s\\S]*?[^\\s*])\\*\\*(?!\\*)',
  '(?<!\\w)__(?=\\S)(?<bold2>[\\s\\S]*?\\S)__(?!\\w)',
  '\\*(?=[^\\s*])(?<italic>[^*]*?[^\\s*])\\*(?!\\*)',
  '(?<!\\w)_(?=[^\\s_])(?<italic2>[^_]*?[^\\s_])_(?!\\w)',
  '~~(?=\\S)(?<strike>[\\s\\S]*?\\S)~~',
  ":(?<emoji>[a-z0-9_+'-]+):",
  '\\b(?<bare>https?://[^\\s<>]*[^\\s<>.,;:!?)\\]*_])',
  '(?<hard> {2,}\\n|\\\\\\n)',
].join('|'), 'g');

/** A Markdown line's text as nodes. */
export function markdownInline(text) {
  const out = [];
  let last = 0;
  for (const match of text.matchAll(INLINE)) {
    out.push(text.slice(last, match.index), drawMatch(match));
    last = match.index + match[0].length;
  }
  out.push(text.slice(last));
  return out;
}

const DRAW = {
  code: (text) => h('code', { class: 'inline' }, text),
  user: (id) => drawUser(id),
  channel: (id) => drawChannel(id),
  auto: (address) => link(address),
  bare: (address) => link(address),
  bold: (text) => h('strong', {}, markdownInline(text)),
  bold2: (text) => h('strong', {}, markdownInline(text)),
  italic: (text) => h('em', {}, markdownInline(text)),
  italic2: (text) => h('em', {}, markdownInline(text)),
  strike: (text) => h('s', {}, markdownInline(text)),
  emoji: (name) => drawEmoji(name),
  hard: () => h('br'),
};

function drawMatch(match) {
  const found = match.groups;
  if (match[1] !== undefined) return match[1];
  // Slack's markdown block shows a picture as a link.
  if (found.source !== undefined) return link(found.source, found.alt || found.source);
  if (found.target !== undefined) return link(found.target, markdownInline(found.label));
  const kind = Object.keys(DRAW).find((name) => found[name] !== undefined);
  return DRAW[kind](found[kind]);
}
