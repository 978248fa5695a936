/** Things to tick and dates to pick: checkboxes, radio buttons, date and time. */
import { h } from '../dom.js';
import { act, remember, remembered } from './surface.js';
import { plainText, textObject } from './texts.js';

let group = 0;

export function checkboxes(element, blockId, surface, quiet) {
  return choiceList('checkbox', element, blockId, surface, quiet);
}

export function radioButtons(element, blockId, surface, quiet) {
  return choiceList('radio', element, blockId, surface, quiet);
}

function choiceList(kind, element, blockId, surface, quiet) {
  const many = kind === 'checkbox';
  const field = many ? 'selected_options' : 'selected_option';
  const first = many ? element.initial_options ?? [] : element.initial_option ?? null;
  const kept = remembered(surface, blockId, element)?.[field] ?? first;
  remember(surface, blockId, element, { [field]: kept });
  const chosen = new Set([kept].flat().filter(Boolean).map((option) => option.value));
  group += 1;
  const boxes = (element.options ?? []).map((option) => {
    const box = h('input', { type: kind, name: `choice-${group}`, checked: chosen.has(option.value), data: { actionId: element.action_id ?? '' } });
    return { box, option };
  });
  const changed = (event) => {
    const on = boxes.filter(({ box }) => box.checked).map(({ option }) => option);
    const value = { [field]: many ? on : on[0] ?? null };
    remember(surface, blockId, element, value);
    if (!quiet) act(surface, blockId, element, value, event.target);
  };
  boxes.forEach(({ box }) => box.addEventListener('change', changed));
  return h('span', { class: 'choices', role: many ? 'group' : 'radiogroup' }, boxes.map(({ box, option }) => h('label', { class: 'choice' }, box,
    h('span', {}, h('span', { class: 'text' }, textObject(option.text)), option.description && h('span', { class: 'quiet choice-note' }, textObject(option.description))))));
}

const PICKERS = {
  datepicker: { type: 'date', field: 'selected_date', first: 'initial_date' },
  timepicker: { type: 'time', field: 'selected_time', first: 'initial_time' },
  datetimepicker: { type: 'datetime-local', field: 'selected_date_time', first: 'initial_date_time' },
};

export function picker(element, blockId, surface, quiet) {
  const { type, field, first } = PICKERS[element.type];
  const kept = remembered(surface, blockId, element)?.[field] ?? element[first] ?? null;
  remember(surface, blockId, element, { [field]: kept });
  const control = h('input', {
    type, class: 'input input-short', value: shown(type, kept), data: { actionId: element.action_id ?? '' },
    'aria-label': plainText(element.placeholder) || type.replace('-local', ''),
  });
  control.addEventListener('change', () => {
    const value = { [field]: reported(type, control.value) };
    remember(surface, blockId, element, value);
    if (!quiet) act(surface, blockId, element, value, control);
  });
  return control;
}

/** Slack counts a date with a time in seconds; the browser's field shows local time. */
function shown(type, value) {
  if (value === null || type !== 'datetime-local') return value ?? '';
  const date = new Date(value * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function reported(type, text) {
  if (!text) return null;
  return type === 'datetime-local' ? Math.round(new Date(text).getTime() / 1000) : text;
}
