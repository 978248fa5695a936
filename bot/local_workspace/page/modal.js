/** The app's modals: a stack of views, of which the top one is shown. */
import { CallFailed, closeView, submitView } from './api.js';
import { drawBlocks } from './blocks/draw.js';
import { showFieldError } from './blocks/input.js';
import { viewSurface } from './blocks/surface.js';
import { plainText } from './blocks/texts.js';
import { dialogHead, openDialog } from './dialogs.js';
import { h } from './dom.js';
import { missing } from './modal_checks.js';
import { on, state } from './state.js';
import { toast } from './toast.js';

let dialog = null;
let shownView = null;

export function startModals() {
  on('views', draw);
  on('people', () => closeAll());
}

/** A view was opened or pushed. */
export function viewOpened(view) {
  if (view.type === 'home') return;
  state.views = [...state.views.filter((one) => one.id !== view.id), view];
  draw();
}

export function viewUpdated(view) {
  if (!state.views.some((one) => one.id === view.id)) return;
  state.views = state.views.map((one) => (one.id === view.id ? view : one));
  draw();
}

export function viewClosed(id) {
  state.views = state.views.filter((one) => one.id !== id);
  state.inputs.delete(id);
  draw();
}

function closeAll() {
  state.views.forEach((view) => state.inputs.delete(view.id));
  state.views = [];
  draw();
}

function draw() {
  const view = state.views.at(-1) ?? null;
  if (view === shownView) return;
  shownView = view;
  const old = dialog;
  dialog = view ? build(view) : null;
  old?.close();
  if (dialog) firstField(dialog)?.focus();
}

function firstField(node) {
  return node.querySelector('[autofocus]') ?? node.querySelector('.dialog-body :is(input, textarea, select)') ?? node.querySelector('.dialog-foot button:last-child');
}

function build(view) {
  const title = plainText(view.title);
  const form = h('form', { class: 'modal-form', novalidate: true },
    h('div', { class: 'dialog-body' }, drawBlocks(view.blocks, viewSurface('modal', view))),
    h('footer', { class: 'dialog-foot' },
      h('button', { type: 'button', class: 'btn', data: { testid: 'modal-close' }, on: { click: () => dismiss(view) } }, plainText(view.close ?? 'Close')),
      (view.submit || hasInputs(view)) && h('button', { type: 'submit', class: 'btn btn-primary', data: { testid: 'modal-submit' } }, plainText(view.submit ?? 'Submit'))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    submit(view, form);
  });
  return openDialog([dialogHead(title, () => dismiss(view)), form], { label: title, name: 'modal', testid: 'modal', onDismiss: () => dismiss(view) });
}

const hasInputs = (view) => (view.blocks ?? []).some((block) => block.type === 'input');

async function dismiss(view) {
  viewClosed(view.id);
  try {
    await closeView({ user: state.me, view_id: view.id });
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    toast(error.message);
  }
}

async function submit(view, form) {
  const values = state.inputs.get(view.id) ?? {};
  if (!showErrors(form, missing(view, values))) return;
  const button = form.querySelector('[type=submit]');
  button.disabled = true;
  button.setAttribute('aria-busy', 'true');
  try {
    const answer = await submitView({ user: state.me, view_id: view.id, state: { values: inputValues(view, values) } });
    if (answer.ok === false) showErrors(form, answer.errors ?? {}, answer.error);
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    toast(error.message);
  } finally {
    button.disabled = false;
    button.removeAttribute('aria-busy');
  }
}

/** Slack reports the state of every interactive block, of input blocks above all. */
function inputValues(view, values) {
  const known = new Set((view.blocks ?? []).map((block, index) => block.block_id ?? `block-${index}`));
  return Object.fromEntries(Object.entries(values).filter(([id]) => known.has(id)));
}

/** Show each block's sentence; true if there is none. */
function showErrors(form, errors, sentence = null) {
  const blocks = [...form.querySelectorAll('.block-input')];
  for (const block of blocks) showFieldError(block.querySelector('.field-block'), errors[block.dataset.blockId] ?? null);
  const bad = blocks.find((block) => errors[block.dataset.blockId]);
  bad?.querySelector('input, textarea, select')?.focus();
  if (!bad && (sentence || Object.keys(errors).length)) toast(sentence ?? Object.values(errors)[0]);
  return !sentence && !Object.keys(errors).length;
}
