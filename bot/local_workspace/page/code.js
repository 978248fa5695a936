/** A fence of code, with its language and a button that copies it. */
import { h } from './dom.js';
import { icon } from './icons.js';

/**
 * @param {string} text the code itself
 * @param {string} [language] shown above the code
 */
export function codeFence(text, language = '') {
  const code = h('code', {}, text);
  const copy = h('button', { type: 'button', class: 'copy', 'aria-label': 'Copy the code', title: 'Copy' }, icon('copy'));
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text).catch(() => selectAll(code));
    copy.replaceChildren(icon('check'));
    setTimeout(() => copy.replaceChildren(icon('copy')), 1500);
  });
  return h('div', { class: 'fence' },
    language && h('div', { class: 'fence-language' }, language),
    h('pre', { tabindex: '0' }, code),
    copy);
}

function selectAll(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}
