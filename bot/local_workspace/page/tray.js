/** Files that wait to be sent with the message. */
import { CallFailed, upload } from './api.js';
import { h, sizeText } from './dom.js';
import { icon } from './icons.js';
import { state } from './state.js';
import { toast } from './toast.js';

export class Tray {
  /** @param {() => void} changed called when a file comes, is up, or goes */
  constructor(changed) {
    this.changed = changed;
    this.items = [];
    this.node = h('div', { class: 'tray', hidden: true });
  }

  /** Begin to upload these. */
  add(files) {
    for (const file of files) this.start({ file, ready: null, address: file.type.startsWith('image/') ? URL.createObjectURL(file) : null });
  }

  async start(item) {
    this.items.push(item);
    this.draw();
    item.upload = upload(item.file, state.me);
    try {
      item.ready = await item.upload;
    } catch (error) {
      if (!(error instanceof CallFailed)) throw error;
      this.remove(item);
      toast(`${item.file.name} was not uploaded: ${error.message}`);
    }
    this.draw();
  }

  remove(item) {
    if (item.address) URL.revokeObjectURL(item.address);
    this.items = this.items.filter((one) => one !== item);
    this.draw();
  }

  get isEmpty() {
    return !this.items.length;
  }

  /** Wait until every file is up, and give their ids; the tray is empty after. */
  async take() {
    const items = this.items;
    await Promise.allSettled(items.map((item) => item.upload));
    const ids = items.filter((item) => item.ready).map((item) => item.ready.id);
    items.forEach((item) => this.remove(item));
    return ids;
  }

  draw() {
    this.node.hidden = this.isEmpty;
    this.node.replaceChildren(...this.items.map((item) => this.chip(item)));
    this.changed();
  }

  chip(item) {
    return h('div', { class: `tray-file${item.ready ? '' : ' busy'}` },
      item.address ? h('img', { src: item.address, alt: '' }) : h('span', { class: 'file-icon' }, icon('file')),
      h('span', { class: 'file-words' }, h('span', { class: 'file-name' }, item.file.name), h('span', { class: 'quiet' }, item.ready ? sizeText(item.file.size) : 'Uploading…')),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': `Remove ${item.file.name}`, on: { click: () => this.remove(item) } }, icon('close')));
  }
}
