/** Menus to choose one or several from: of given options, of people, of channels. */
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { channelName, myChannels, people, state } from '../state.js';
import { act, remember, remembered } from './surface.js';
import { plainText } from './texts.js';

const IDS = {
  users: { one: 'selected_user', many: 'selected_users', first: 'initial_user', firsts: 'initial_users' },
  conversations: { one: 'selected_conversation', many: 'selected_conversations', first: 'initial_conversation', firsts: 'initial_conversations' },
  channels: { one: 'selected_channel', many: 'selected_channels', first: 'initial_channel', firsts: 'initial_channels' },
};

/** What can be chosen: groups of {key, label, option}; option is what Slack reports back. */
function choices(element) {
  const kind = familyOf(element);
  if (kind === 'users') return [{ options: [...people(), botUser()].map((user) => ({ key: user.id, label: user.real_name || user.name, option: user.id })) }];
  if (kind) return [{ options: myChannels().map((channel) => ({ key: channel.id, label: `${channel.is_im ? '@' : '#'}${channelName(channel)}`, option: channel.id })) }];
  if (element.option_groups) return element.option_groups.map((group) => ({ label: plainText(group.label), options: group.options.map(optionChoice) }));
  return [{ options: (element.options ?? []).map(optionChoice) }];
}

const botUser = () => ({ id: state.bot.user_id, name: state.bot.name });
const familyOf = (element) => Object.keys(IDS).find((name) => element.type.endsWith(`${name}_select`));
const optionChoice = (option) => ({ key: option.value, label: plainText(option.text), option });
const keyOf = (option) => (typeof option === 'string' ? option : option?.value);

function optionNodes(groups, chosen) {
  const node = (choice) => h('option', { value: choice.key, selected: chosen === choice.key }, choice.label);
  return groups.map((group) => (group.label ? h('optgroup', { label: group.label }, group.options.map(node)) : group.options.map(node)));
}

const find = (groups, key) => groups.flatMap((group) => group.options).find((choice) => choice.key === key);

export function select(element, blockId, surface, quiet) {
  const names = IDS[familyOf(element)] ?? { one: 'selected_option', first: 'initial_option' };
  const groups = choices(element);
  const kept = remembered(surface, blockId, element)?.[names.one] ?? element[names.first] ?? null;
  remember(surface, blockId, element, { [names.one]: kept });
  const control = h('select', { class: 'select', data: { actionId: element.action_id ?? '' }, 'aria-label': plainText(element.placeholder) || 'Choose' },
    h('option', { value: '' }, plainText(element.placeholder) || 'Choose…'), optionNodes(groups, keyOf(kept)));
  control.addEventListener('change', async () => {
    const chosen = find(groups, control.value)?.option ?? null;
    const before = remembered(surface, blockId, element)[names.one];
    remember(surface, blockId, element, { [names.one]: chosen });
    if (quiet || chosen === null) return;
    if (!(await act(surface, blockId, element, { [names.one]: chosen }, control))) {
      remember(surface, blockId, element, { [names.one]: before });
      control.value = keyOf(before) ?? '';
    }
  });
  return h('span', { class: 'select-box' }, control, icon('down'));
}

export function multiSelect(element, blockId, surface, quiet) {
  const names = IDS[familyOf(element)] ?? { many: 'selected_options', firsts: 'initial_options' };
  const groups = choices(element);
  let chosen = remembered(surface, blockId, element)?.[names.many] ?? element[names.firsts] ?? [];
  remember(surface, blockId, element, { [names.many]: chosen });
  const chips = h('span', { class: 'chips' });
  const control = h('select', { class: 'select', data: { actionId: element.action_id ?? '' }, 'aria-label': plainText(element.placeholder) || 'Add' });

  const change = (next) => {
    chosen = next;
    remember(surface, blockId, element, { [names.many]: chosen });
    redraw();
    if (!quiet) act(surface, blockId, element, { [names.many]: chosen }, control);
  };
  const redraw = () => {
    const keys = chosen.map(keyOf);
    chips.replaceChildren(...keys.map((key) => chip(find(groups, key)?.label ?? key, () => change(chosen.filter((one) => keyOf(one) !== key)))));
    const left = groups.map((group) => ({ ...group, options: group.options.filter((choice) => !keys.includes(choice.key)) }));
    control.replaceChildren(h('option', { value: '' }, plainText(element.placeholder) || 'Add…'), ...optionNodes(left).flat(Infinity));
    control.disabled = keys.length >= (element.max_selected_items ?? Infinity);
  };
  control.addEventListener('change', () => control.value && change([...chosen, find(groups, control.value).option]));
  redraw();
  return h('span', { class: 'multi-select' }, chips, h('span', { class: 'select-box' }, control, icon('down')));
}

function chip(label, remove) {
  return h('span', { class: 'chip' }, label, h('button', { type: 'button', 'aria-label': `Remove ${label}`, on: { click: remove } }, icon('close')));
}
