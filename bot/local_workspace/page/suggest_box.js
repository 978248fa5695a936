/** The list above the message box that offers completions. */
import { h } from './dom.js';
import { completionsAt } from './completion.js';

let serial = 0;

export class SuggestBox {
  /**
   * @param {HTMLTextAreaElement} field
   * @param {boolean} withCommands
   */
  constructor(field, withCommands) {
    serial += 1;
    this.field = field;
    this.withCommands = withCommands;
    this.id = `suggest-${serial}`;
    this.node = h('div', { class: 'suggest-box', role: 'listbox', id: this.id, 'aria-label': 'Suggestions', hidden: true, data: { testid: 'suggest-box' } });
    this.at = 0;
    this.found = null;
    field.setAttribute('aria-autocomplete', 'list');
    field.setAttribute('aria-controls', this.id);
  }

  /** Look again at what is before the caret. */
  update() {
    const { value, selectionStart } = this.field;
    this.found = completionsAt(value, selectionStart, this.withCommands);
    this.at = 0;
    this.draw();
  }

  close() {
    this.found = null;
    this.draw();
  }

  draw() {
    this.node.hidden = !this.found;
    const options = this.found?.options ?? [];
    this.node.replaceChildren(...options.map((option, index) => this.option(option, index)));
    if (this.found) this.field.setAttribute('aria-activedescendant', `${this.id}-${this.at}`);
    else this.field.removeAttribute('aria-activedescendant');
  }

  option(option, index) {
    const chosen = index === this.at;
    // mousedown, because a click would first take the focus out of the field.
    return h('div', { class: 'suggest-option', role: 'option', id: `${this.id}-${index}`, 'aria-selected': String(chosen), on: { mousedown: (event) => { event.preventDefault(); this.take(index); } } },
      option.picture, h('span', { class: 'suggest-label' }, option.label), option.usage && h('code', { class: 'suggest-usage' }, option.usage), h('span', { class: 'quiet' }, option.detail));
  }

  /** Use a key if it is for the list; true if it was. */
  onKey(event) {
    if (!this.found) return false;
    const { options, typed } = this.found;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + options.length) % options.length;
      this.draw();
      this.node.children[this.at].scrollIntoView({ block: 'nearest' });
      return true;
    }
    if (event.key === 'Escape') return this.done();
    // A word that is whole already is sent by Enter, not completed.
    const whole = options[this.at].insert.trim().toLowerCase() === typed.toLowerCase();
    if (event.key === 'Tab' || (event.key === 'Enter' && !event.shiftKey && !whole)) {
      this.take(this.at);
      return true;
    }
    return false;
  }

  done() {
    this.close();
    return true;
  }

  take(index) {
    const { from, options } = this.found;
    this.field.setRangeText(options[index].insert, from, this.field.selectionStart, 'end');
    this.close();
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
    this.field.focus();
  }
}
