/** Block elements: which drawer draws which, and the ones that are pressed. */
import { h, safeUrl } from '../dom.js';
import { icon } from '../icons.js';
import { openMenu } from '../menu.js';
import { state } from '../state.js';
import { checkboxes, picker, radioButtons } from './choices.js';
import { entry, fileInput } from './entries.js';
import { pictureUrl } from './media.js';
import { multiSelect, select } from './selects.js';
import { act } from './surface.js';
import { plainText } from './texts.js';

const DRAWERS = {
  button, workflow_button: button, overflow, icon_button: iconButton, feedback_buttons: feedback, image: picture,
  static_select: select, users_select: select, conversations_select: select, channels_select: select, external_select: select,
  multi_static_select: multiSelect, multi_users_select: multiSelect, multi_conversations_select: multiSelect,
  multi_channels_select: multiSelect, multi_external_select: multiSelect,
  checkboxes, radio_buttons: radioButtons, datepicker: picker, timepicker: picker, datetimepicker: picker,
  plain_text_input: entry, rich_text_input: entry, number_input: entry, email_text_input: entry, url_text_input: entry,
  file_input: fileInput,
};

/**
 * Draw an element of a block.
 * @param {boolean} [quiet] in an input block: the app hears of it only when the view is submitted
 */
export function drawElement(element, blockId, surface, quiet = false) {
  const draw = DRAWERS[element?.type];
  if (!draw) return h('span', { class: 'unknown-block' }, `Element “${element?.type ?? 'without a type'}” is not drawn here.`);
  return draw(element, blockId, surface, quiet);
}

function button(element, blockId, surface) {
  const address = element.url && safeUrl(element.url);
  const props = {
    class: `btn ${element.style ? `btn-${element.style}` : ''}`,
    data: { actionId: element.action_id ?? '' },
    'aria-label': element.accessibility_label,
  };
  const value = element.value === undefined ? {} : { value: element.value };
  const node = address
    ? h('a', { ...props, href: address, target: '_blank', rel: 'noopener noreferrer' }, plainText(element.text))
    : h('button', { ...props, type: 'button' }, plainText(element.text));
  node.addEventListener('click', () => act(surface, blockId, element, value, node));
  return node;
}

function overflow(element, blockId, surface) {
  const node = h('button', {
    type: 'button', class: 'btn btn-icon', data: { actionId: element.action_id ?? '' },
    'aria-label': 'More actions', 'aria-haspopup': 'menu', 'aria-expanded': 'false',
  }, icon('more'));
  const items = (element.options ?? []).map((option) => ({
    label: plainText(option.text), detail: option.description && plainText(option.description), href: option.url && safeUrl(option.url),
    choose: () => act(surface, blockId, element, { selected_option: option }, node),
  }));
  node.addEventListener('click', () => openMenu(node, items));
  return node;
}

const ICON_NAMES = { trash: 'trash', edit: 'copy', copy: 'copy', thumbsup: 'thumbsup', thumbsdown: 'thumbsdown' };

function iconButton(element, blockId, surface) {
  const allowed = element.visible_to_user_ids;
  if (allowed?.length && !allowed.includes(state.me)) return null;
  const label = element.accessibility_label ?? plainText(element.text);
  const node = h('button', { type: 'button', class: 'btn btn-icon', title: plainText(element.text), 'aria-label': label, data: { actionId: element.action_id ?? '' } },
    icon(ICON_NAMES[element.icon] ?? 'info'));
  const value = element.value === undefined ? {} : { value: element.value };
  node.addEventListener('click', () => act(surface, blockId, element, value, node));
  return node;
}

function feedback(element, blockId, surface) {
  const one = (choice, name) => {
    const label = choice.accessibility_label ?? plainText(choice.text);
    const node = h('button', { type: 'button', class: 'btn btn-icon', title: plainText(choice.text), 'aria-label': label, 'aria-pressed': 'false', data: { actionId: element.action_id ?? '' } }, icon(name));
    node.addEventListener('click', async () => {
      const sent = await act(surface, blockId, element, { value: choice.value }, node);
      if (sent) [...node.parentElement.children].forEach((other) => other.setAttribute('aria-pressed', String(other === node)));
    });
    return node;
  };
  return h('span', { class: 'feedback' }, one(element.positive_button, 'thumbsup'), one(element.negative_button, 'thumbsdown'));
}

function picture(element) {
  const source = pictureUrl(element);
  return source && h('img', { class: 'accessory-image', src: source, alt: element.alt_text ?? '', loading: 'lazy' });
}
