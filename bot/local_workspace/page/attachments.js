/** Legacy attachments: text or blocks behind a coloured bar. */
import { drawBlocks } from './blocks/draw.js';
import { messageSurface } from './blocks/surface.js';
import { h, link } from './dom.js';
import { mrkdwn } from './mrkdwn.js';

const NAMED = { good: '#2eb67d', warning: '#ecb22e', danger: '#e01e5a' };

export function drawAttachments(message, channel) {
  if (!message.attachments?.length) return null;
  return message.attachments.map((one) => {
    const node = h('div', { class: 'attachment' },
      one.pretext && h('div', { class: 'text' }, mrkdwn(one.pretext)),
      one.title && h('div', { class: 'card-title' }, one.title_link ? link(one.title_link, one.title) : one.title),
      !one.blocks && (one.text || one.fallback) && h('div', { class: 'text' }, mrkdwn(one.text ?? one.fallback)),
      one.blocks && drawBlocks(one.blocks, messageSurface(channel, message)),
      one.footer && h('div', { class: 'quiet' }, one.footer));
    const colour = NAMED[one.color] ?? (one.color ? `#${String(one.color).replace('#', '')}` : null);
    if (colour) node.style.setProperty('--bar', colour);
    return node;
  });
}
