/** What an agent means to do and has done: plan and task_card. */
import { h, link } from '../dom.js';
import { icon } from '../icons.js';
import { richText } from '../rich_text.js';
import { plainText } from './texts.js';

const WORDS = { pending: 'to do', in_progress: 'under way', complete: 'done', error: 'failed' };

export function plan(block, surface) {
  const tasks = block.tasks ?? [];
  const done = tasks.filter((task) => task.status === 'complete').length;
  return h('section', { class: 'plan' },
    h('div', { class: 'plan-title' }, plainText(block.title), tasks.length > 0 && h('span', { class: 'quiet' }, `${done} of ${tasks.length} done`)),
    h('ol', { class: 'plan-tasks' }, tasks.map((task) => h('li', {}, taskCard(task, surface)))));
}

export function taskCard(task) {
  const status = WORDS[task.status] ? task.status : 'pending';
  const head = [mark(status), h('span', { class: 'task-title' }, plainText(task.title)), h('span', { class: 'visually-hidden' }, WORDS[status])];
  const body = [
    task.details && h('div', { class: 'text quiet' }, richText(task.details)),
    task.output && h('div', { class: 'text task-output' }, richText(task.output)),
    task.sources?.length > 0 && h('div', { class: 'task-sources' }, task.sources.map((source) => link(source.url, source.text))),
  ].filter(Boolean);
  if (!body.length) return h('div', { class: `task task-${status}` }, h('div', { class: 'task-head' }, head));
  return h('details', { class: `task task-${status}`, open: status !== 'pending' }, h('summary', { class: 'task-head' }, head), body);
}

function mark(status) {
  const inside = { complete: icon('check'), error: icon('close') }[status];
  return h('span', { class: `task-mark mark-${status}`, 'aria-hidden': 'true' }, inside);
}
