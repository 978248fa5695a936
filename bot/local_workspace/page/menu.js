/** A small menu that hangs under its button. */
import { h } from './dom.js';

let closeOpen = null;

/**
 * @param {HTMLElement} anchor
 * @param {{label: string, detail?: string, href?: string, choose: () => void}[]} items
 */
export function openMenu(anchor, items) {
  if (anchor.getAttribute('aria-expanded') === 'true') return closeOpen?.();
  closeOpen?.();
  const close = () => {
    document.removeEventListener('pointerdown', outside, true);
    menu.remove();
    anchor.setAttribute('aria-expanded', 'false');
    closeOpen = null;
  };
  const nodes = items.map((item) => menuItem(item, () => {
    close();
    anchor.focus();
    item.choose();
  }));
  const menu = h('div', { class: 'menu', role: 'menu', popover: 'manual' }, nodes);
  const outside = (event) => !menu.contains(event.target) && !anchor.contains(event.target) && close();
  menu.addEventListener('keydown', (event) => onKey(event, nodes, () => {
    close();
    anchor.focus();
  }));
  // Inside a dialog the menu must be the dialog's child, or it would be inert.
  (anchor.closest('dialog') ?? document.body).append(menu);
  menu.showPopover();
  place(menu, anchor);
  anchor.setAttribute('aria-expanded', 'true');
  document.addEventListener('pointerdown', outside, true);
  closeOpen = close;
  nodes[0]?.focus();
  return undefined;
}

function menuItem(item, choose) {
  const inside = [h('span', {}, item.label), item.detail && h('span', { class: 'quiet' }, item.detail)];
  const node = item.href
    ? h('a', { role: 'menuitem', href: item.href, target: '_blank', rel: 'noopener noreferrer', tabindex: '-1' }, inside)
    : h('button', { type: 'button', role: 'menuitem', tabindex: '-1' }, inside);
  node.addEventListener('click', choose);
  return node;
}

function onKey(event, nodes, dismiss) {
  const at = nodes.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: nodes.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    nodes[(to + nodes.length) % nodes.length].focus();
  } else if (event.key === 'Escape' || event.key === 'Tab') {
    event.preventDefault();
    event.stopPropagation();
    dismiss();
  }
}

/** Under the anchor, or above it where the window ends; never outside the window. */
export function place(node, anchor, gap = 4) {
  const at = anchor.getBoundingClientRect();
  const box = node.getBoundingClientRect();
  const below = at.bottom + gap + box.height <= innerHeight;
  const top = below ? at.bottom + gap : Math.max(gap, at.top - gap - box.height);
  const left = Math.min(at.left, innerWidth - box.width - 8);
  node.style.setProperty('top', `${top}px`);
  node.style.setProperty('left', `${Math.max(8, left)}px`);
}
