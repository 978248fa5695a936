/** The Home tab of the bot. */
import { CallFailed, openHome } from './api.js';
import { drawBlocks } from './blocks/draw.js';
import { viewSurface } from './blocks/surface.js';
import { byId, fill, h } from './dom.js';
import { avatar } from './people.js';
import { soon } from './soon.js';
import { on, state } from './state.js';
import { toast } from './toast.js';

let asked = '';

export function startHome() {
  on('place', show);
  on('people', show);
  on('home', soon(draw));
}

function show() {
  const open = state.place.tab === 'home';
  byId('home').hidden = !open;
  const key = open ? state.me : '';
  if (key && key !== asked) ask();
  asked = key;
}

/** Opening the tab tells the app, which answers by publishing its view. */
async function ask() {
  state.home = null;
  draw();
  const person = state.me;
  try {
    const { view } = await openHome(person);
    if (person !== state.me || state.home) return;
    state.home = view;
    draw();
  } catch (error) {
    if (!(error instanceof CallFailed)) throw error;
    toast(error.message);
  }
}

function draw() {
  const page = byId('home');
  if (!state.home?.blocks) {
    fill(page, h('div', { class: 'empty' }, avatar({ isBot: true }, 'huge'), h('h2', {}, 'Nothing at home yet'),
      h('p', { class: 'quiet' }, `@${state.bot.name} has not published its Home for you yet; it does so a moment after it hears that you are here.`)));
    return;
  }
  const at = page.scrollTop;
  const action = page.contains(document.activeElement) ? document.activeElement.dataset.actionId : null;
  fill(page, h('div', { class: 'home-body' }, drawBlocks(state.home.blocks, viewSurface('home', state.home))));
  page.scrollTop = at;
  if (action) page.querySelector(`[data-action-id="${CSS.escape(action)}"]`)?.focus({ preventScroll: true });
}
