/** Keys that work everywhere, and the page that lists them. */
import { dialogHead, openDialog } from './dialogs.js';
import { byId, h } from './dom.js';
import { goTo } from './place.js';
import { state } from './state.js';
import { openSwitcher } from './switcher.js';

export const COMMAND_KEY = /Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl';

const KEYS = [
  [[COMMAND_KEY, 'K'], 'Go to a channel, be somebody else'],
  [['Enter'], 'Send the message'],
  [['Shift', 'Enter'], 'New line in the message'],
  [['/'], 'At the start of a message: slash commands'],
  [['@'], 'Mention somebody'],
  [['↑', '↓'], 'From message to message, from channel to channel'],
  [['Esc'], 'Close the thread or the dialog'],
];

export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      openSwitcher();
    } else if (event.key === 'Escape') {
      escape();
    }
  });
  // The address belongs to the places, so the link must not change it.
  byId('skip-link').addEventListener('click', (event) => {
    event.preventDefault();
    byId('composer-text')?.focus();
  });
}

/** Dialogs and menus take the key for themselves; what is left closes the sidebar or the thread. */
function escape() {
  if (document.querySelector('dialog[open], .menu')) return;
  if (document.body.classList.contains('sidebar-open')) byId('scrim').click();
  else if (state.place.thread) {
    goTo(state.place.channel);
    byId('composer-text')?.focus();
  }
}

/** The page of help. */
export function openHelp() {
  const dialog = openDialog([
    dialogHead('This workspace', () => dialog.close()),
    h('div', { class: 'dialog-body' },
      h('p', {}, 'It is a Slack for one computer: the bot here is the one that would run in yours. Nothing leaves this machine, and nobody needs an account.'),
      h('p', {}, 'Click a face at the top left to be somebody else. Open the page twice to be two people at once.'),
      h('table', { class: 'keys' }, h('tbody', {}, KEYS.map(([keys, what]) => h('tr', {}, h('td', {}, keys.map((key) => h('kbd', {}, key))), h('td', {}, what)))))),
  ], { label: 'This workspace', name: 'dialog-help', testid: 'help' });
}
