/** The panel that makes Slack misbehave. */
import { CallFailed, resetWorkspace, setFault } from './api.js';
import { confirmed } from './confirm.js';
import { dialogHead, openDialog } from './dialogs.js';
import { h } from './dom.js';
import { emit, on, state } from './state.js';
import { toast } from './toast.js';

let list = null;

export function startFaults() {
  on('faults', () => list?.isConnected && list.replaceChildren(...state.faults.map(row)));
}

/** Open the panel. */
export function openFaults() {
  list = h('ul', { class: 'fault-list' }, state.faults.map(row));
  const dialog = openDialog([
    dialogHead('Faults', () => dialog.close()),
    h('div', { class: 'dialog-body' },
      h('p', { class: 'quiet' }, `A real Slack is slow, refuses and drops connections now and then. Switch a fault on and watch how @${state.bot.name} copes; nothing may get lost or be posted twice.`), list),
    h('footer', { class: 'dialog-foot' }, h('button', { type: 'button', class: 'btn btn-danger', data: { testid: 'reset' }, on: { click: () => reset(dialog) } }, 'Empty the workspace…')),
  ], { label: 'Faults', name: 'dialog-faults', testid: 'faults' });
}

function row(fault) {
  const id = `fault-switch-${fault.id}`;
  const box = h('input', { type: 'checkbox', role: 'switch', class: 'switch', id, checked: fault.on, data: { testid: `fault-${fault.id}` }, on: { change: () => change(fault, box) } });
  return h('li', { class: 'fault' }, h('label', { for: id }, h('span', { class: 'fault-name' }, fault.label), h('span', { class: 'quiet' }, fault.description)), box);
}

async function change(fault, box) {
  try {
    const { faults } = await setFault(fault.id, box.checked);
    takeFaults(faults);
    if (box.checked && !faults.find((one) => one.id === fault.id)?.on) toast(`${fault.label}: done once.`, 'note');
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    box.checked = !box.checked;
    toast(error.message);
  }
}

export function takeFaults(faults) {
  const focused = document.activeElement?.id;
  state.faults = faults;
  emit('faults');
  if (focused?.startsWith('fault-switch-')) document.getElementById(focused)?.focus();
}

async function reset(dialog) {
  const sure = await confirmed({
    title: 'Empty the workspace?', text: { type: 'plain_text', text: 'Every message and file here is deleted, and all faults are switched off. Runs that Dispatch keeps stay with Dispatch.' },
    confirm: 'Empty it', deny: 'Keep it', style: 'danger',
  });
  if (!sure) return;
  dialog.close();
  await resetWorkspace().catch((error) => toast(error.message));
}
