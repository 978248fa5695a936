/** Files in messages: pictures to look at, everything else to download. */
import { fileUrl } from './api.js';
import { h, sizeText } from './dom.js';
import { icon } from './icons.js';
import { openLightbox } from './lightbox.js';

/** Kinds that the workspace serves inline; SVG is not one, since it can carry scripts. */
const PICTURES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

/** All files of a message. */
export function drawFiles(files, prefix = '') {
  if (!files?.length) return null;
  return h('div', { class: 'files' }, files.map((file) => drawFile(file, prefix)));
}

/**
 * One file: a thumbnail or a card.
 * @param {Object} file Slack's file object
 * @param {string} prefix before the test id, where the same message is drawn twice
 */
export function drawFile(file, prefix = '') {
  if (file.mode === 'tombstone') return h('div', { class: 'file-card quiet' }, 'This file was deleted.');
  return PICTURES.has(file.mimetype) ? thumbnail(file, prefix) : card(file, prefix);
}

function thumbnail(file, prefix) {
  const source = fileUrl(file.id, true);
  const name = file.title || file.name;
  const picture = h('img', { src: source, alt: file.alt_txt || name, loading: 'lazy' });
  const open = h('button', { type: 'button', class: 'picture', 'aria-label': `Enlarge ${name}`, on: { click: () => openLightbox(source, name, fileUrl(file.id)) } }, picture);
  return h('figure', { class: 'file-picture', data: { testid: `${prefix}file-${file.id}` } },
    h('figcaption', {}, h('span', { class: 'file-name' }, name), h('span', { class: 'quiet' }, sizeText(file.size)), download(file, prefix)), open);
}

function card(file, prefix) {
  const kind = (file.filetype || file.name?.split('.').pop() || 'file').slice(0, 5);
  return h('div', { class: 'file-card', data: { testid: `${prefix}file-${file.id}` } },
    h('span', { class: 'file-icon', data: { kind } }, icon('file')),
    h('span', { class: 'file-words' }, h('span', { class: 'file-name' }, file.title || file.name), h('span', { class: 'quiet' }, [file.pretty_type || kind.toUpperCase(), sizeText(file.size)].filter(Boolean).join(' · '))),
    download(file, prefix));
}

function download(file, prefix) {
  return h('a', { class: 'icon-button', href: fileUrl(file.id), download: file.name ?? '', 'aria-label': `Download ${file.name}`, title: 'Download', data: { testid: `${prefix}download-${file.id}` } }, icon('download'));
}
