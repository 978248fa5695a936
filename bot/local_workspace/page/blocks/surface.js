/**
 * Where blocks stand: a message, a modal or the Home tab. It knows whom to tell about a click, and keeps
 * what was typed, so that a redraw loses nothing.
 */
import { CallFailed, sendAction } from '../api.js';
import { confirmed } from '../confirm.js';
import { state } from '../state.js';
import { toast } from '../toast.js';

/**
 * @typedef {Object} Surface
 * @property {'message'|'modal'|'home'} kind
 * @property {Object} address what an action says about its place: channel and message_ts, or view_id
 * @property {Object[]} files the message's files, for file blocks
 * @property {Object} inputs block_id → action_id → element state
 */

export function messageSurface(channel, message) {
  return {
    kind: 'message',
    address: { channel, message_ts: message.ts },
    files: message.files ?? [],
    inputs: inputsOf(`${channel}/${message.ts}`),
  };
}

/** @param {'modal'|'home'} kind */
export function viewSurface(kind, view) {
  return { kind, address: { view_id: view.id }, files: [], inputs: inputsOf(view.id) };
}

function inputsOf(key) {
  if (!state.inputs.has(key)) state.inputs.set(key, {});
  return state.inputs.get(key);
}

/** What was chosen in an element before, if anything. */
export function remembered(surface, blockId, element) {
  return surface.inputs[blockId]?.[element.action_id ?? ''];
}

/** Keep an element's state without telling the app. */
export function remember(surface, blockId, element, value) {
  surface.inputs[blockId] ??= {};
  surface.inputs[blockId][element.action_id ?? ''] = { type: element.type, ...value };
}

/**
 * Tell the app about a click or a choice, after its confirmation where it wants one.
 * @param {Object} value the element's state: value, selected_option, selected_options, …
 * @returns {Promise<boolean>} false if the person thought better of it or it failed
 */
export async function act(surface, blockId, element, value = {}, control = null) {
  if (element.confirm && !(await confirmed(element.confirm))) return false;
  control?.setAttribute('aria-busy', 'true');
  try {
    await sendAction({
      user: state.me, ...surface.address, block_id: blockId, action_id: element.action_id ?? '', type: element.type,
      ...value, state: { values: surface.inputs },
    });
    return true;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    toast(error.message);
    return false;
  } finally {
    control?.removeAttribute('aria-busy');
  }
}
