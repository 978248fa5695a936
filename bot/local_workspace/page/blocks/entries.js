/** Fields to type in, and to put files in. */
import { CallFailed, upload } from '../api.js';
import { h } from '../dom.js';
import { state } from '../state.js';
import { toast } from '../toast.js';
import { act, remember, remembered } from './surface.js';
import { plainText } from './texts.js';

const TYPES = { number_input: 'number', email_text_input: 'email', url_text_input: 'url' };

export function entry(element, blockId, surface, quiet) {
  const rich = element.type === 'rich_text_input';
  const kept = remembered(surface, blockId, element);
  const text = kept ? kept.value ?? plainOf(kept.rich_text_value) : element.initial_value?.elements ? plainOf(element.initial_value) : element.initial_value ?? '';
  const long = rich || element.multiline;
  const control = h(long ? 'textarea' : 'input', {
    class: 'input', rows: long ? 5 : null, type: long ? null : TYPES[element.type] ?? 'text', value: text,
    placeholder: plainText(element.placeholder) || null, maxlength: element.max_length ?? null, minlength: element.min_length ?? null,
    min: element.min_value ?? null, max: element.max_value ?? null, step: element.is_decimal_allowed ? 'any' : null,
    data: { actionId: element.action_id ?? '' }, autofocus: element.focus_on_load === true,
  });
  const note = () => remember(surface, blockId, element, rich ? { rich_text_value: control.value ? richOf(control.value) : null } : { value: control.value || null });
  note();
  control.addEventListener('input', note);
  const triggers = element.dispatch_action_config?.trigger_actions_on ?? ['on_enter_pressed'];
  control.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !quiet && !long && triggers.includes('on_enter_pressed')) {
      event.preventDefault();
      act(surface, blockId, element, { value: control.value }, control);
    }
  });
  return control;
}

function richOf(text) {
  return { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }] };
}

function plainOf(rich) {
  return (rich?.elements ?? []).flatMap((section) => section.elements ?? []).map((part) => part.text ?? '').join('');
}

export function fileInput(element, blockId, surface) {
  const types = (element.filetypes ?? []).map((type) => `.${type}`).join(',');
  const list = h('ul', { class: 'quiet' });
  const control = h('input', { type: 'file', class: 'input', multiple: (element.max_files ?? 10) > 1, accept: types || null, data: { actionId: element.action_id ?? '' } });
  remember(surface, blockId, element, { files: [] });
  control.addEventListener('change', async () => {
    try {
      const files = await Promise.all([...control.files].map((file) => upload(file, state.me)));
      remember(surface, blockId, element, { files });
      list.replaceChildren(...files.map((file) => h('li', {}, file.name)));
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      toast(error.message);
    }
  });
  return h('span', { class: 'file-input' }, control, list);
}
