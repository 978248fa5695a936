/** Markdown as Slack's markdown block takes it: headings, lists, quotes, fences, tables, rules. */
import { codeFence } from './code.js';
import { fragment, h } from './dom.js';
import { markdownInline } from './markdown_inline.js';

/** @param {string} text Markdown; HTML in it is shown as text */
export function markdown(text) {
  return fragment(blocks(String(text ?? '').replace(/\r\n?/g, '\n').split('\n')));
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const QUOTE = /^ {0,3}> ?/;
const ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;
const READERS = [readFence, readHeading, readRule, readQuote, readTable, readList];

function blocks(lines) {
  const out = [];
  let at = 0;
  while (at < lines.length) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [node, next] = readBlock(lines, at);
    out.push(node);
    at = next;
  }
  return out;
}

function readBlock(lines, at) {
  for (const read of READERS) {
    const found = read(lines, at);
    if (found) return found;
  }
  return readParagraph(lines, at);
}

function startsBlock(lines, at) {
  return READERS.some((read) => read !== readTable && read(lines, at)) || Boolean(readTable(lines, at));
}

function readParagraph(lines, at) {
  let end = at + 1;
  while (end < lines.length && lines[end].trim() && !startsBlock(lines, end)) end += 1;
  const text = lines.slice(at, end);
  const broken = text.map((line, index) => [markdownInline(line.trimStart()), index < text.length - 1 && !/ {2}$/.test(line) ? h('br') : null]);
  return [h('p', {}, joined(text) ?? broken), end];
}

/** Marks that run over a line's end need the lines together. */
function joined(lines) {
  const text = lines.map((line) => line.trim()).join('\n');
  const odd = lines.some((line) => (line.match(/\*\*/g) ?? []).length % 2 || (line.match(/`/g) ?? []).length % 2);
  return odd ? markdownInline(text) : null;
}

function readFence(lines, at) {
  const open = FENCE.exec(lines[at]);
  if (!open) return null;
  let end = at + 1;
  const closes = (line) => line.trim().startsWith(open[1]) && !line.trim().slice(open[1].length).replaceAll(open[1][0], '').trim();
  while (end < lines.length && !closes(lines[end])) end += 1;
  return [codeFence(lines.slice(at + 1, end).join('\n'), open[2]), end + 1];
}

function readHeading(lines, at) {
  const found = HEADING.exec(lines[at]);
  if (!found) return null;
  const level = Math.min(found[1].length + 2, 6);
  return [h(`h${level}`, { class: `md-heading md-h${found[1].length}` }, markdownInline(found[2])), at + 1];
}

function readRule(lines, at) {
  return RULE.test(lines[at]) ? [h('hr'), at + 1] : null;
}

function readQuote(lines, at) {
  let end = at;
  while (end < lines.length && QUOTE.test(lines[end])) end += 1;
  if (end === at) return null;
  return [h('blockquote', {}, blocks(lines.slice(at, end).map((line) => line.replace(QUOTE, '')))), end];
}

function cells(line) {
  const text = line.trim().replace(/^\|/, '').replace(/\|$/, '');
  return text.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function readTable(lines, at) {
  if (!lines[at].includes('|') || !TABLE_RULE.test(lines[at + 1] ?? '') || !lines[at + 1].includes('-')) return null;
  const sides = cells(lines[at + 1]).map((cell) => (cell.endsWith(':') ? (cell.startsWith(':') ? 'center' : 'right') : 'left'));
  const row = (line, tag) => h('tr', {}, cells(line).map((cell, index) => h(tag, { class: `align-${sides[index] ?? 'left'}` }, markdownInline(cell))));
  let end = at + 2;
  while (end < lines.length && lines[end].includes('|')) end += 1;
  const body = lines.slice(at + 2, end).map((line) => row(line, 'td'));
  return [h('div', { class: 'table-scroll' }, h('table', {}, h('thead', {}, row(lines[at], 'th')), h('tbody', {}, body))), end];
}

function readList(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const indent = first[1].length;
  const ordered = /\d/.test(first[2]);
  const items = [];
  let end = at;
  while (end < lines.length) {
    const item = ITEM.exec(lines[end]);
    if (!item || item[1].length < indent || item[1].length > indent + 1 || /\d/.test(item[2]) !== ordered) break;
    const [node, next] = readItem(lines, end, item);
    items.push(node);
    end = next;
  }
  return [h(ordered ? 'ol' : 'ul', ordered ? { start: parseInt(first[2], 10) } : {}, items), end];
}

/** One item: its own text, and whatever is indented under it. */
function readItem(lines, at, item) {
  const inner = [];
  let end = at + 1;
  while (end < lines.length) {
    const line = lines[end];
    const deeper = /^\s*/.exec(line)[0].length > item[1].length + 1;
    const blankInside = !line.trim() && /^\s{2,}\S/.test(lines[end + 1] ?? '');
    if (!(line.trim() && deeper) && !blankInside) break;
    inner.push(line);
    end += 1;
  }
  const margin = Math.min(...inner.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)[0].length), 99);
  const task = /^\[([ xX])\]\s+(.*)$/.exec(item[3]);
  const text = task ? [taskBox(task[1] !== ' '), markdownInline(task[2])] : markdownInline(item[3]);
  return [h('li', task ? { class: 'md-task' } : {}, text, blocks(inner.map((line) => line.slice(margin)))), skipBlank(lines, end)];
}

/** A blank line between two items does not end the list. */
function skipBlank(lines, end) {
  return !lines[end]?.trim() && ITEM.test(lines[end + 1] ?? '') ? end + 1 : end;
}

function taskBox(checked) {
  return h('input', { type: 'checkbox', disabled: true, checked, 'aria-label': checked ? 'done' : 'not done' });
}
