/** Blocks that are text: section, header, context, divider, markdown, rich_text, alert. */
import { h, safeUrl } from '../dom.js';
import { withEmoji } from '../emoji.js';
import { icon } from '../icons.js';
import { markdown } from '../markdown.js';
import { mrkdwn, unescapeText } from '../mrkdwn.js';
import { richText } from '../rich_text.js';
import { drawElement } from './elements.js';
import { pictureUrl } from './media.js';

/** A text object: mrkdwn is marked up, plain_text is not. */
export function textObject(text) {
  if (text === null || text === undefined) return null;
  if (typeof text === 'string') return mrkdwn(text);
  return text.type === 'mrkdwn' ? mrkdwn(text.text) : plainText(text);
}

/** The characters of a plain_text object. */
export function plainText(text) {
  const plain = unescapeText(typeof text === 'string' ? text : text?.text ?? '');
  return text?.emoji === false ? plain : withEmoji(plain);
}

export function section(block, surface) {
  const body = h('div', { class: 'section-body' },
    block.text && h('div', { class: 'text' }, textObject(block.text)),
    block.fields && h('div', { class: 'fields' }, block.fields.map((field) => h('div', { class: 'field text' }, textObject(field)))));
  const accessory = block.accessory && h('div', { class: 'accessory' }, drawElement(block.accessory, block.block_id, surface));
  return h('div', { class: 'section' }, body, accessory);
}

export function header(block) {
  const level = Math.min(Math.max(block.level ?? 3, 2), 6);
  return h('h3', { class: 'block-title', 'aria-level': level }, plainText(block.text));
}

export function context(block) {
  return h('div', { class: 'context' }, (block.elements ?? []).map((element) => (
    element.type === 'image' ? contextImage(element) : h('span', { class: 'context-text text' }, textObject(element)))));
}

function contextImage(element) {
  const source = pictureUrl(element);
  return source && h('img', { class: 'context-image', src: source, alt: element.alt_text ?? '', title: element.alt_text ?? '' });
}

export function divider() {
  return h('hr');
}

export function markdownBlock(block) {
  return h('div', { class: 'text markdown' }, markdown(block.text));
}

export function richTextBlock(block) {
  return h('div', { class: 'text' }, richText(block));
}

const ALERT_ICONS = { default: 'info', info: 'info', warning: 'warning', error: 'warning', success: 'check' };

export function alertBlock(block) {
  const level = ALERT_ICONS[block.level] ? block.level : 'default';
  return h('div', { class: `alert alert-${level}`, role: 'note' }, icon(ALERT_ICONS[level]), h('div', { class: 'text' }, textObject(block.text)));
}

/** A small picture beside a title, or nothing. */
export function smallPicture(element, name) {
  const source = element && (pictureUrl(element) ?? safeUrl(element.image_url));
  return source ? h('img', { class: name, src: source, alt: element.alt_text ?? '' }) : null;
}
