/** The box that messages are written in. */
import { CallFailed } from './api.js';
import { send } from './commands.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { SuggestBox } from './suggest_box.js';
import { toast } from './toast.js';
import { Tray } from './tray.js';

/** What was typed and not sent, for each place. */
const drafts = new Map();

export class Composer {
  /** @param {{name: 'main'|'thread', placeholder: string, address: () => {channel: string, thread_ts?: string}}} options */
  constructor({ name, placeholder, address }) {
    const prefix = name === 'thread' ? 'thread-' : '';
    this.address = address;
    this.key = '';
    this.field = h('textarea', { id: name === 'main' ? 'composer-text' : 'thread-text', class: 'composer-text', rows: 1, placeholder, 'aria-label': placeholder, data: { testid: `${prefix}composer` }, autocomplete: 'off' });
    this.suggest = new SuggestBox(this.field, name === 'main');
    this.tray = new Tray(() => this.refresh());
    this.picker = h('input', { type: 'file', multiple: true, class: 'visually-hidden', tabindex: '-1', 'aria-label': 'Attach files', data: { testid: `${prefix}file-picker` }, on: { change: () => this.picked() } });
    this.button = h('button', { type: 'button', class: 'send', 'aria-label': 'Send', title: 'Send (Enter)', disabled: true, data: { testid: `${prefix}send` }, on: { click: () => this.send() } }, icon('send'));
    this.node = h('div', { class: 'composer' }, this.suggest.node, h('div', { class: 'composer-box' }, this.tray.node, this.field, this.bar(name)), h('div', { class: 'composer-hint' }, h('kbd', {}, 'Enter'), ' sends · ', h('kbd', {}, 'Shift'), '+', h('kbd', {}, 'Enter'), ' new line'));
    this.listen();
  }

  bar(name) {
    const tool = (icon_, label, act) => h('button', { type: 'button', class: 'icon-button', 'aria-label': label, title: label, on: { click: act } }, icon(icon_));
    return h('div', { class: 'composer-bar' },
      tool('plus', 'Attach files', () => this.picker.click()), this.picker,
      tool('at', 'Mention somebody', () => this.type('@')),
      name === 'main' && tool('slash', 'Use a slash command', () => this.replace('/')),
      this.button);
  }

  listen() {
    this.field.addEventListener('input', () => this.typed());
    this.field.addEventListener('keydown', (event) => this.onKey(event));
    this.field.addEventListener('click', () => this.suggest.update());
    this.field.addEventListener('blur', () => this.suggest.close());
    this.field.addEventListener('paste', (event) => this.pasted(event));
    this.node.addEventListener('dragover', (event) => event.preventDefault());
    // A hidden field has no height to measure, and a narrower one needs more of it.
    new ResizeObserver(() => requestAnimationFrame(() => this.grow())).observe(this.node);
  }

  /** Show the draft of a place; `placeholder` changes with it. */
  open(key, placeholder = null) {
    this.key = key;
    this.field.value = drafts.get(key) ?? '';
    if (placeholder) {
      this.field.placeholder = placeholder;
      this.field.setAttribute('aria-label', placeholder);
    }
    this.suggest.close();
    this.refresh();
    if (matchMedia('(min-width: 48rem)').matches) this.field.focus({ preventScroll: true });
  }

  typed() {
    drafts.set(this.key, this.field.value);
    this.suggest.update();
    this.refresh();
  }

  refresh() {
    this.button.disabled = !this.field.value.trim() && this.tray.isEmpty;
    this.grow();
  }

  /** As high as what is written in it. */
  grow() {
    this.field.style.setProperty('height', 'auto');
    this.field.style.setProperty('height', `${this.field.scrollHeight}px`);
  }

  /** Put text in place of what is there and let the person go on. */
  replace(text) {
    this.field.value = text;
    this.field.focus();
    this.typed();
  }

  type(text) {
    const { value, selectionStart, selectionEnd } = this.field;
    const space = selectionStart && !/\s/.test(value[selectionStart - 1]) ? ' ' : '';
    this.field.setRangeText(space + text, selectionStart, selectionEnd, 'end');
    this.field.focus();
    this.typed();
  }

  onKey(event) {
    if (event.isComposing) return;
    if (this.suggest.onKey(event)) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key !== 'Enter' || event.shiftKey || this.insideFence()) return;
    event.preventDefault();
    this.send();
  }

  /** As in Slack, Enter inside an open fence is a new line of code. */
  insideFence() {
    return (this.field.value.slice(0, this.field.selectionStart).match(/```/g) ?? []).length % 2 === 1;
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (!files.length) return;
    event.preventDefault();
    this.tray.add(files);
  }

  picked() {
    this.tray.add([...this.picker.files]);
    this.picker.value = '';
    this.field.focus();
  }

  async send() {
    const text = this.field.value.trim();
    if (!text && this.tray.isEmpty) return;
    const { key } = this;
    const address = this.address();
    this.write(key, '');
    this.suggest.close();
    try {
      await send(address, text, await this.tray.take());
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.write(key, text);
      toast(error.message);
    }
  }

  /** Set a place's draft, and the field if the place is still open. */
  write(key, text) {
    drafts.set(key, text);
    if (this.key === key) this.field.value = text;
    this.refresh();
  }
}
