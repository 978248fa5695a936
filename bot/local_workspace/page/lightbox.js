/** A picture as large as the window allows. */
import { dialogHead, openDialog } from './dialogs.js';
import { h } from './dom.js';

/**
 * @param {string} source address of the picture
 * @param {string} title
 * @param {string} [download] address to save it from
 */
export function openLightbox(source, title, download = null) {
  const dialog = openDialog([
    dialogHead(title || 'Picture', () => dialog.close()),
    h('img', { src: source, alt: title || 'Picture' }),
    download && h('footer', { class: 'dialog-foot' }, h('a', { class: 'btn', href: download, download: '' }, 'Download')),
  ].filter(Boolean), { label: title || 'Picture', name: 'lightbox', testid: 'lightbox' });
}
