/**
 * Small tools to build elements. Data only ever becomes text nodes and attributes, never markup.
 */

/**
 * Make an element.
 * @param {string} tag
 * @param {Object} [props] attributes; `on` holds listeners, `data` data-attributes; null and false are left out
 * @param {...(Node|string|null|Array)} children
 * @returns {HTMLElement}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  node.append(...flat(children));
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === 'on') {
    for (const [event, listener] of Object.entries(value)) node.addEventListener(event, listener);
  } else if (name === 'data') {
    for (const [key, item] of Object.entries(value)) if (item !== undefined) node.dataset[key] = item;
  } else if (name === 'value' && 'value' in node) {
    node.value = value;
  } else {
    node.setAttribute(name, value === true ? '' : String(value));
  }
}

function flat(children) {
  return children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false);
}

/** Replace all children. */
export function fill(node, ...children) {
  node.replaceChildren(...flat(children));
  return node;
}

/** A fragment of the children. */
export function fragment(...children) {
  const node = document.createDocumentFragment();
  node.append(...flat(children));
  return node;
}

/** The element of the fixed frame with this id. */
export function byId(id) {
  return document.getElementById(id);
}

const SAFE_SCHEMES = new Set(['http:', 'https:', 'mailto:']);

/**
 * The address, where it is one that a link may carry; null for javascript:, data: and the like.
 * @param {string} address
 */
export function safeUrl(address) {
  try {
    const url = new URL(String(address));
    return SAFE_SCHEMES.has(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** A link that opens beside the page, or plain text where the address is not a safe one. */
export function link(address, children, props = {}) {
  const href = safeUrl(address);
  const inside = children ?? String(address).replace(/^mailto:/, '');
  if (!href) return h('span', { class: 'dead-link', title: 'This address is not one that a link may open.' }, inside);
  return h('a', { href, target: '_blank', rel: 'noopener noreferrer', ...props }, inside);
}

/** Bytes as people read them: 1.2 kB, 3.4 MB. */
export function sizeText(bytes) {
  if (!Number.isFinite(bytes)) return '';
  if (bytes < 1000) return `${bytes} B`;
  const units = ['kB', 'MB', 'GB'];
  let size = bytes;
  let unit = '';
  for (unit of units) {
    size /= 1000;
    if (size < 1000) break;
  }
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
