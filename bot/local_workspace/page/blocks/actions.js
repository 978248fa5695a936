/** Rows of things to press: actions and context_actions. */
import { h } from '../dom.js';
import { drawElement } from './elements.js';

export function actions(block, surface) {
  return h('div', { class: 'actions' }, (block.elements ?? []).map((element) => drawElement(element, block.block_id, surface)));
}

export function contextActions(block, surface) {
  return h('div', { class: 'actions context-actions' }, (block.elements ?? []).map((element) => drawElement(element, block.block_id, surface)));
}
