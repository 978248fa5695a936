/** Changing and deleting one's own messages. */
import { CallFailed, deleteMessage, editMessage } from './api.js';
import { confirmed } from './confirm.js';
import { h } from './dom.js';
import { unescapeText } from './mrkdwn.js';
import { mentionName, state } from './state.js';
import { toast } from './toast.js';
import { toWire } from './wire.js';

/** Put a field in the place of the message's text until it is saved or given up. */
export function startEdit(channel, message, node) {
  const place = node.querySelector('.text');
  if (!place) return;
  const field = h('textarea', { class: 'input', 'aria-label': 'Change the message', data: { testid: 'edit' }, rows: Math.min(message.text.split('\n').length + 1, 10), value: asTyped(message.text) });
  const form = h('div', { class: 'edit' }, field, h('div', { class: 'actions' },
    h('button', { type: 'button', class: 'btn', on: { click: () => stop() } }, 'Cancel'),
    h('button', { type: 'button', class: 'btn btn-primary', on: { click: () => save() } }, 'Save')));
  const stop = () => form.replaceWith(place);
  const save = async () => {
    const text = field.value.trim();
    stop();
    if (text) await told(editMessage({ user: state.me, channel, ts: message.ts, text: toWire(text) }));
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      stop();
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      save();
    }
  });
  place.replaceWith(form);
  field.focus();
}

/** The wire's marks, as the person typed them. */
function asTyped(text) {
  const plain = text
    .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (whole, id) => `@${mentionName(id)}`)
    .replace(/<#[A-Z0-9]+\|([^>]*)>/g, '#$1')
    .replace(/<!(here|channel|everyone)(?:\|[^>]*)?>/g, '@$1')
    .replace(/<(https?:[^|>]+)(?:\|[^>]*)?>/g, '$1');
  return unescapeText(plain);
}

/** Delete a message, once the person has said so twice. */
export async function askToDelete(channel, message) {
  const sure = await confirmed({ title: 'Delete this message?', text: { type: 'plain_text', text: 'It goes for everybody and can’t be had back.' }, confirm: 'Delete', deny: 'Keep it', style: 'danger' });
  if (sure) await told(deleteMessage({ user: state.me, channel, ts: message.ts }));
}

async function told(promise) {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    toast(error.message);
  }
}
