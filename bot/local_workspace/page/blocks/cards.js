/** Blocks that hold others: card, carousel, container. */
import { h } from '../dom.js';
import { icon } from '../icons.js';
import { openLightbox } from '../lightbox.js';
import { richText } from '../rich_text.js';
import { drawElement } from './elements.js';
import { pictureUrl } from './media.js';
import { plainText, smallPicture, textObject } from './texts.js';

export function card(block, surface) {
  return h('article', { class: 'card' },
    block.hero_image && hero(block.hero_image),
    h('div', { class: 'card-head' }, smallPicture(block.icon, 'card-icon'), h('div', {},
      block.title && h('div', { class: 'card-title text' }, textObject(block.title)),
      block.subtitle && h('div', { class: 'quiet text' }, textObject(block.subtitle)))),
    block.body && h('div', { class: 'text' }, textObject(block.body)),
    block.actions?.length > 0 && h('div', { class: 'actions' }, block.actions.map((element) => drawElement(element, block.block_id, surface))));
}

function hero(element) {
  const source = pictureUrl(element);
  if (!source) return null;
  return h('button', { type: 'button', class: 'picture card-hero', 'aria-label': `Enlarge: ${element.alt_text ?? 'picture'}`, on: { click: () => openLightbox(source, element.alt_text) } },
    h('img', { src: source, alt: element.alt_text ?? '', loading: 'lazy' }));
}

export function carousel(block, surface) {
  return h('div', { class: 'carousel', role: 'list', tabindex: '0', 'aria-label': 'Cards' },
    (block.elements ?? []).map((one, index) => h('div', { role: 'listitem' }, card({ ...one, block_id: one.block_id ?? `${block.block_id}-${index}` }, surface))));
}

export function container(block, surface, drawBlock) {
  const title = h('div', { class: 'container-title' }, smallPicture(block.icon, 'card-icon'),
    h('div', {}, h('div', { class: 'card-title' }, block.rich_text_title ? richText(block.rich_text_title) : plainText(block.title)),
      block.subtitle && h('div', { class: 'quiet text' }, textObject(block.subtitle))));
  const inside = h('div', { class: 'blocks container-body' }, (block.child_blocks ?? []).map((child, index) => drawBlock(child, surface, `${block.block_id}-${index}`)));
  const classes = `container width-${block.width ?? 'standard'}${block.has_header_divider ? ' divided' : ''}`;
  if (!block.is_collapsible) return h('section', { class: classes }, title, inside);
  return h('details', { class: classes, open: !block.default_collapsed }, h('summary', {}, title, icon('down')), inside);
}
