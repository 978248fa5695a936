/** Blocks with pictures and files: image, video, file. */
import { fileUrl } from '../api.js';
import { h, link, safeUrl } from '../dom.js';
import { drawFile } from '../files.js';
import { icon } from '../icons.js';
import { openLightbox } from '../lightbox.js';
import { plainText } from './texts.js';

/** Where a picture's bytes are: its address, or a file of this workspace. */
export function pictureUrl(element) {
  const file = element.slack_file;
  if (file?.id) return fileUrl(file.id, true);
  if (file?.url) return localFile(file.url) ?? safeUrl(file.url);
  return safeUrl(element.image_url);
}

/** A private file address of this workspace names the file's id, which the page may fetch without the token. */
function localFile(address) {
  const id = /\/(F[A-Z0-9]{6,})(?:\/|$)/.exec(String(address))?.[1];
  return id ? fileUrl(id, true) : null;
}

export function image(block) {
  const source = pictureUrl(block);
  if (!source) return broken(block.alt_text);
  const picture = h('img', { src: source, alt: block.alt_text ?? '', loading: 'lazy' });
  const button = h('button', { type: 'button', class: 'picture', 'aria-label': `Enlarge: ${block.alt_text ?? 'picture'}` }, picture);
  button.addEventListener('click', () => openLightbox(source, plainText(block.title ?? block.alt_text)));
  picture.addEventListener('error', () => button.replaceWith(broken(block.alt_text, source)));
  return h('figure', { class: 'image-block' }, block.title && h('figcaption', {}, plainText(block.title)), button);
}

function broken(alt, source = null) {
  return h('div', { class: 'broken-picture' }, icon('warning'), h('span', {}, alt || 'A picture that could not be loaded'), source && link(source, 'Open it'));
}

export function video(block) {
  return h('div', { class: 'video-card' },
    h('div', { class: 'video-title' }, link(block.title_url ?? block.video_url, plainText(block.title))),
    block.description && h('div', { class: 'quiet' }, plainText(block.description)),
    h('div', { class: 'quiet' }, [block.provider_name, block.author_name].filter(Boolean).join(' · ')));
}

export function fileBlock(block, surface) {
  const file = surface.files.find((one) => one.external_id === block.external_id || one.id === block.external_id);
  if (file) return drawFile(file);
  return h('div', { class: 'file-card' }, h('span', { class: 'file-icon' }, icon('file')), h('span', {}, `Remote file ${block.external_id}`));
}
