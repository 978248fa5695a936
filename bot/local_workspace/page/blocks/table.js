/** The table block. */
import { h } from '../dom.js';
import { richText } from '../rich_text.js';

/** Its first row is its head, as Slack draws it. */
export function table(block) {
  const settings = block.column_settings ?? [];
  const [head = [], ...rows] = block.rows ?? [];
  return h('div', { class: 'table-scroll', tabindex: '0', role: 'region', 'aria-label': 'Table' }, h('table', {},
    h('thead', {}, row(head, 'th', settings)), h('tbody', {}, rows.map((cells) => row(cells, 'td', settings)))));
}

function row(cells, tag, settings) {
  return h('tr', {}, cells.map((cell, index) => h(tag, { class: classes(settings[index]), scope: tag === 'th' ? 'col' : null }, content(cell))));
}

function classes(setting) {
  return `align-${setting?.align ?? 'left'}${setting?.is_wrapped ? ' wrapped' : ''}`;
}

function content(cell) {
  if (cell.type === 'rich_text') return richText(cell);
  if (cell.type === 'raw_number') return cell.text ?? String(cell.value ?? '');
  return cell.text ?? '';
}
