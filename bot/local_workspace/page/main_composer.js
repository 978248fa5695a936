/** The message box under the channel, and files dropped on the panes. */
import { byId, h } from './dom.js';
import { Composer } from './composer.js';
import { channelById, on, state } from './state.js';

let composer = null;
let key = '';

export function startComposer() {
  composer = new Composer({ name: 'main', placeholder: 'Message', address: () => ({ channel: state.place.channel }) });
  byId('composer-dock').append(composer.node);
  on('place', open);
  on('people', open);
  on('suggest', (text) => composer.replace(text));
  acceptDrops(byId('main'), () => composer);
}

function open() {
  const { channel, tab, thread } = state.place;
  byId('composer-dock').hidden = tab !== 'messages';
  const next = `${state.me}/${channel}`;
  if (key === next || !channel) return;
  key = next;
  composer.open(next, hint(channelById(channel)));
  if (thread) byId('thread').querySelector('textarea')?.focus();
}

function hint(channel) {
  if (channel?.is_im) return `Message ${state.bot.name} — no mention is needed`;
  return `Message #${channel?.name}, or ask @${state.bot.name}`;
}

/** Files dropped on the pane go into its composer's tray. */
function acceptDrops(pane, target) {
  const veil = h('div', { class: 'drop-veil', hidden: true }, 'Drop files to attach them');
  pane.append(veil);
  const withFiles = (event) => event.dataTransfer?.types.includes('Files') && state.place.tab === 'messages';
  pane.addEventListener('dragenter', (event) => { if (withFiles(event)) veil.hidden = false; });
  pane.addEventListener('dragover', (event) => withFiles(event) && event.preventDefault());
  veil.addEventListener('dragleave', () => { veil.hidden = true; });
  pane.addEventListener('drop', (event) => {
    veil.hidden = true;
    if (!withFiles(event)) return;
    event.preventDefault();
    target().tray.add([...event.dataTransfer.files]);
  });
}
