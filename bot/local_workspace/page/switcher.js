/** The quick switcher: go anywhere, be anybody, with the keyboard. */
import { openDialog } from './dialogs.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { openFaults } from './faults.js';
import { avatar } from './people.js';
import { directChannel, goTo } from './place.js';
import { channelName, emit, myChannels, people, state } from './state.js';
import { switchTheme } from './theme.js';

function places() {
  const channels = myChannels().map((channel) => ({
    label: channelName(channel), detail: channel.is_im ? 'Direct message' : channel.topic, picture: channel.is_im ? avatar({ isBot: true }, 'small') : icon('hash'), go: () => goTo(channel.id),
  }));
  const direct = directChannel();
  const others = people().filter((user) => user.id !== state.me).map((user) => ({
    label: `Be ${user.real_name || user.name}`, detail: user.title, picture: avatar({ ...user, name: user.real_name || user.name }, 'small'), go: () => emit('be', user.id),
  }));
  return [...channels, ...(direct ? [{ label: 'Home', detail: `of @${state.bot.name}`, picture: avatar({ isBot: true }, 'small'), go: () => goTo(direct.id, 'home') }] : []), ...others,
    { label: 'Dark or light', detail: 'Switch the theme', picture: icon('moon'), go: switchTheme },
    { label: 'Faults', detail: 'Make Slack misbehave', picture: icon('bolt'), go: openFaults }];
}

/** Open it. */
export function openSwitcher() {
  if (document.querySelector('.switcher')) return;
  const field = h('input', { class: 'input', type: 'text', role: 'combobox', 'aria-expanded': 'true', 'aria-controls': 'switcher-list', placeholder: 'Go to a channel, or be somebody else…', 'aria-label': 'Go to', data: { testid: 'switcher' } });
  const list = h('ul', { class: 'switcher-list', id: 'switcher-list', role: 'listbox', 'aria-label': 'Places' });
  const dialog = openDialog([field, list], { label: 'Go to', name: 'switcher' });
  let at = 0;
  let shown = [];
  const take = (place) => {
    dialog.close();
    place?.go();
  };
  const draw = () => {
    const wanted = field.value.trim().toLowerCase().replace(/^[#@]/, '');
    shown = places().filter((place) => place.label.toLowerCase().includes(wanted));
    at = Math.min(at, Math.max(shown.length - 1, 0));
    list.replaceChildren(...shown.map((place, index) => h('li', { role: 'option', id: `place-${index}`, class: 'suggest-option', 'aria-selected': String(index === at), on: { click: () => take(place) } },
      place.picture, h('span', { class: 'suggest-label' }, place.label), h('span', { class: 'quiet' }, place.detail ?? ''))));
    if (!shown.length) list.append(h('li', { class: 'quiet nothing' }, 'Nothing of that name.'));
    field.setAttribute('aria-activedescendant', `place-${at}`);
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  };
  field.addEventListener('input', () => {
    at = 0;
    draw();
  });
  field.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) at = (at + step + shown.length) % shown.length;
    if (step) draw();
    if (event.key === 'Enter') take(shown[at]);
    if (step || event.key === 'Enter') event.preventDefault();
  });
  draw();
  field.focus();
}
