/** Dialogs that keep the focus inside and give it back. */
import { h } from './dom.js';
import { icon } from './icons.js';

/**
 * Open a dialog. Escape and a click beside it call `onDismiss`.
 * @param {Node[]} children
 * @param {{label: string, name?: string, testid?: string, onDismiss?: () => void}} options
 * @returns {HTMLDialogElement} with `close()`
 */
export function openDialog(children, { label, name = '', testid, onDismiss }) {
  const before = document.activeElement;
  const dialog = h('dialog', { class: `dialog ${name}`, 'aria-label': label, data: { testid } }, children);
  const dismiss = onDismiss ?? (() => dialog.close());
  dialog.addEventListener('cancel', (event) => {
    event.preventDefault();
    dismiss();
  });
  dialog.addEventListener('keydown', (event) => keepFocus(event, dialog));
  dialog.addEventListener('pointerdown', (event) => event.target === dialog && outside(event, dialog) && dismiss());
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function outside(event, dialog) {
  const box = dialog.getBoundingClientRect();
  return event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
}

const FOCUSABLE = 'a[href], button:not([disabled]), input:not([disabled]), select:not([disabled]), textarea:not([disabled]), summary, [tabindex="0"]';

/** Tab goes round inside the dialog; left alone it would visit the browser's own bars. */
function keepFocus(event, dialog) {
  if (event.key !== 'Tab') return;
  const stops = [...dialog.querySelectorAll(FOCUSABLE)].filter((node) => node.offsetParent !== null);
  if (!stops.length) return;
  const edge = event.shiftKey ? stops[0] : stops.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? stops.at(-1) : stops[0]).focus();
}

/** The head of a dialog: its title and a close button. */
export function dialogHead(title, close) {
  return h('header', { class: 'dialog-head' }, h('h2', {}, title),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Close', on: { click: close } }, icon('close')));
}
