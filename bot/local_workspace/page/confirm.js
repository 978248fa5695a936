/** The question before a click that says it wants one. */
import { plainText, textObject } from './blocks/texts.js';
import { dialogHead, openDialog } from './dialogs.js';
import { h } from './dom.js';

/**
 * Ask with Block Kit's confirmation object.
 * @param {{title: Object, text: Object, confirm: Object, deny: Object, style?: string}} question
 * @returns {Promise<boolean>}
 */
export function confirmed(question) {
  return new Promise((resolve) => {
    const answer = (value) => {
      resolve(value);
      dialog.close();
    };
    const yes = h('button', { type: 'button', class: `btn btn-${question.style ?? 'primary'}`, data: { testid: 'confirm-yes' }, on: { click: () => answer(true) } }, plainText(question.confirm ?? 'Yes'));
    const no = h('button', { type: 'button', class: 'btn', data: { testid: 'confirm-no' }, on: { click: () => answer(false) } }, plainText(question.deny ?? 'Cancel'));
    const title = plainText(question.title ?? 'Are you sure?');
    const dialog = openDialog([
      dialogHead(title, () => answer(false)),
      h('div', { class: 'dialog-body text' }, textObject(question.text)),
      h('footer', { class: 'dialog-foot' }, no, yes),
    ], { label: title, name: 'dialog-small', testid: 'confirm', onDismiss: () => answer(false) });
    yes.focus();
  });
}
