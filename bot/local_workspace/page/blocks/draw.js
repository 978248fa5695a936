/** Block Kit: one drawer for each kind of block; what is not known is shown as a grey box. */
import { h } from '../dom.js';
import { actions, contextActions } from './actions.js';
import { card, carousel, container } from './cards.js';
import { input } from './input.js';
import { fileBlock, image, video } from './media.js';
import { plan, taskCard } from './plan.js';
import { table } from './table.js';
import { alertBlock, context, divider, header, markdownBlock, richTextBlock, section } from './texts.js';

const DRAWERS = {
  section, header, context, divider, markdown: markdownBlock, rich_text: richTextBlock, alert: alertBlock,
  actions, context_actions: contextActions,
  image, video, file: fileBlock,
  input, table, plan, task_card: taskCard, card, carousel, container,
};

/**
 * Draw blocks.
 * @param {Object[]} blocks as Slack takes them
 * @param {Surface} surface where they stand (see surface.js)
 */
export function drawBlocks(blocks, surface) {
  return h('div', { class: 'blocks' }, (blocks ?? []).map((block, index) => drawBlock(block, surface, index)));
}

/** Draw one block; a block that breaks its drawer is shown as unknown instead of breaking the page. */
export function drawBlock(block, surface, index = 0) {
  const draw = DRAWERS[block?.type];
  const id = block?.block_id ?? `block-${index}`;
  try {
    const inside = draw ? draw({ ...block, block_id: id }, surface, drawBlock) : unknownBlock(block);
    return h('div', { class: `block block-${draw ? block.type : 'unknown'}`, data: { blockId: id, blockType: String(block?.type) } }, inside);
  } catch (error) {
    console.error('A block could not be drawn', block, error);
    return h('div', { class: 'block' }, unknownBlock(block));
  }
}

function unknownBlock(block) {
  return h('div', { class: 'unknown-block' },
    h('strong', {}, `Block “${block?.type ?? 'without a type'}”`),
    h('span', {}, ' is not drawn here.'),
    h('details', {}, h('summary', {}, 'Show its JSON'), h('pre', {}, JSON.stringify(block, null, 2))));
}
