/** A list of messages that is kept equal to the state and redraws only what changed. */
import { dayText } from './dates.js';
import { h } from './dom.js';
import { drawMessage, threadSummary } from './message.js';
import { authorOf, compareTs } from './state.js';

const SAME_BREATH = 300;
const NEAR_THE_END = 120;

export class MessageList {
  /**
   * @param {HTMLElement} scroller what scrolls; the list lives in it
   * @param {'channel'|'thread'} place
   */
  constructor(scroller, place) {
    this.scroller = scroller;
    this.place = place;
    this.body = h('div', { class: 'message-list' });
    this.rows = new Map();
    this.key = null;
    // Pictures arrive after the list was scrolled to its end.
    this.body.addEventListener('load', () => this.pinned && this.toEnd(), true);
    this.pinned = true;
    scroller.addEventListener('scroll', () => { this.pinned = this.isAtEnd(); });
  }

  /**
   * @param {string} channel
   * @param {Object[]} messages in order
   * @param {{key: string, readUpTo?: string, rootTs?: string, head?: Node, me?: string}} view a new key starts afresh, at the end
   */
  show(channel, messages, view) {
    const fresh = view.key !== this.key;
    if (fresh) this.restart(view.key);
    const wasPinned = fresh || this.pinned;
    if (this.body.parentElement !== this.scroller) this.scroller.replaceChildren(this.body);
    this.reconcile(this.wanted(channel, messages, view));
    this.settled = true;
    if (wasPinned) this.toEnd();
  }

  restart(key) {
    this.key = key;
    this.rows.clear();
    this.settled = false;
    this.body.replaceChildren();
    this.pinned = true;
  }

  wanted(channel, messages, view) {
    const nodes = view.head ? [view.head] : [];
    let before = null;
    let marked = !view.readUpTo;
    for (const message of messages) {
      const day = dayText(message.ts);
      if (!view.rootTs && (!before || dayText(before.ts) !== day)) nodes.push(this.keep(`day-${day}`, [], () => divider(day)));
      if (!marked && before && compareTs(message.ts, view.readUpTo) > 0 && authorOf(message).id !== view.me) {
        marked = true;
        nodes.push(this.keep('new', [], () => h('div', { class: 'new-line', role: 'separator' }, h('span', {}, 'New'))));
      }
      nodes.push(this.row(channel, message, before, view));
      if (message.ts === view.rootTs) nodes.push(repliesLine(messages.length - 1));
      before = message.ts === view.rootTs ? null : message;
    }
    return nodes;
  }

  row(channel, message, before, view) {
    const compact = follows(before, message);
    const place = message.ts === view.rootTs ? 'root' : this.place;
    const { count, last } = this.place === 'channel' ? threadSummary(channel, message) : {};
    return this.keep(message.ts, [message, compact, place, count, last], () => drawMessage(channel, message, { compact, place }));
  }

  /** The node drawn before, where nothing that it shows has changed. */
  keep(key, parts, draw) {
    const known = this.rows.get(key);
    if (known && known.parts.every((part, index) => part === parts[index])) return known.node;
    const node = draw();
    if (known) keepFocus(known.node, node);
    else if (this.settled) node.classList.add('fresh');
    this.rows.set(key, { node, parts });
    return node;
  }

  reconcile(nodes) {
    const wanted = new Set(nodes);
    const focus = pendingFocus;
    pendingFocus = null;
    for (const child of [...this.body.children]) if (!wanted.has(child)) child.remove();
    nodes.forEach((node, index) => {
      if (this.body.children[index] !== node) this.body.insertBefore(node, this.body.children[index] ?? null);
    });
    for (const [key, { node }] of this.rows) if (!wanted.has(node)) this.rows.delete(key);
    focus?.();
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.scroller;
    return scrollHeight - scrollTop - clientHeight < NEAR_THE_END;
  }

  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.pinned = true;
  }
}

let pendingFocus = null;

/** A card that is edited in place keeps the focus on the button that had it. */
function keepFocus(old, fresh) {
  const active = document.activeElement;
  if (!active || !old.contains(active)) return;
  const action = active.dataset.actionId;
  pendingFocus = () => (action && fresh.querySelector(`[data-action-id="${CSS.escape(action)}"]`))?.focus({ preventScroll: true });
}

/** Whether a message belongs under the name that stands above it already. */
function follows(before, message) {
  if (!before || before.is_ephemeral !== message.is_ephemeral || message.is_ephemeral) return false;
  const one = authorOf(before);
  const other = authorOf(message);
  return one.id === other.id && one.name === other.name && Number(message.ts) - Number(before.ts) < SAME_BREATH && dayText(before.ts) === dayText(message.ts);
}

function divider(day) {
  return h('div', { class: 'day-line', role: 'separator' }, h('span', {}, day));
}

function repliesLine(count) {
  return h('div', { class: 'replies-line' }, h('span', {}, count ? `${count} ${count === 1 ? 'reply' : 'replies'}` : 'No replies yet'));
}
