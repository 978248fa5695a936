/** The bar at the top: the menu on narrow screens, the switcher, theme, faults and help. */
import { byId, fill, h } from './dom.js';
import { openFaults } from './faults.js';
import { icon } from './icons.js';
import { COMMAND_KEY, openHelp } from './keyboard.js';
import { on, state } from './state.js';
import { openSwitcher } from './switcher.js';
import { shownTheme, switchTheme } from './theme.js';

export function startTopbar() {
  on('people', draw);
  on('faults', draw);
  document.addEventListener('themechange', draw);
  on('place', () => showSidebar(false));
  byId('scrim').addEventListener('click', () => showSidebar(false));
  draw();
}

/** On a narrow screen the sidebar lies over the channel. */
export function showSidebar(open) {
  document.body.classList.toggle('sidebar-open', open);
  byId('scrim').hidden = !open;
  byId('topbar').querySelector('.hamburger')?.setAttribute('aria-expanded', String(open));
  if (open) byId('sidebar').querySelector('.channel-link[aria-current]')?.focus();
}

function draw() {
  const faults = state.faults.filter((fault) => fault.on).length;
  const theme = shownTheme();
  fill(byId('topbar'),
    h('button', { type: 'button', class: 'icon-button hamburger', 'aria-label': 'Channels and people', 'aria-expanded': 'false', data: { testid: 'hamburger' }, on: { click: () => showSidebar(!document.body.classList.contains('sidebar-open')) } }, icon('menu')),
    h('button', { type: 'button', class: 'jump', on: { click: openSwitcher }, data: { testid: 'jump' } }, icon('search'), h('span', {}, 'Go to a channel or be somebody else'), h('kbd', {}, `${COMMAND_KEY} K`)),
    h('div', { class: 'topbar-tools' },
      h('button', { type: 'button', class: `tool${faults ? ' active' : ''}`, data: { testid: 'faults-open' }, title: 'Make Slack misbehave', on: { click: openFaults } }, icon('bolt'), h('span', {}, faults ? `Faults (${faults})` : 'Faults')),
      h('button', { type: 'button', class: 'icon-button', data: { testid: 'theme' }, 'aria-label': theme === 'dark' ? 'Use the light theme' : 'Use the dark theme', title: theme === 'dark' ? 'Light theme' : 'Dark theme', on: { click: switchTheme } }, icon(theme === 'dark' ? 'sun' : 'moon')),
      h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Keys and help', title: 'Keys and help', on: { click: openHelp } }, icon('help'))));
}
