/** The head of a channel: its name, its tabs, and what is wrong with the connection. */
import { byId, fill, h } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './people.js';
import { channelById, channelName, on, state } from './state.js';

export function startChannelHead() {
  for (const topic of ['place', 'people', 'channels']) on(topic, draw);
  for (const topic of ['bot', 'live', 'place', 'people', 'channels', 'faults']) on(topic, drawBanner);
}

function draw() {
  const channel = channelById(state.place.channel);
  if (!channel) return;
  fill(byId('channel-head'),
    h('div', { class: 'channel-title' }, channel.is_im ? avatar({ isBot: true }, 'small') : icon('hash'),
      h('h1', {}, channelName(channel)), channel.is_im && h('span', { class: 'app-tag' }, 'App'),
      channel.topic && h('span', { class: 'topic' }, channel.topic)),
    channel.is_im && tabs(channel));
  document.title = `${channel.is_im ? '' : '#'}${channelName(channel)} — ${state.team.name || 'local workspace'}`;
}

function tabs(channel) {
  const { tab } = state.place;
  const one = (name, label, href) => h('a', { class: 'tab', href, 'aria-current': tab === name ? 'page' : null, data: { testid: `${name}-tab` } }, label);
  return h('nav', { class: 'tabs', 'aria-label': 'Of this app' }, one('home', 'Home', `#${channel.id}/home`), one('messages', 'Messages', `#${channel.id}`));
}

function drawBanner() {
  const sentence = trouble();
  const banner = byId('banner');
  banner.hidden = !sentence;
  fill(banner, sentence && [icon('warning'), h('span', {}, sentence)]);
}

function trouble() {
  if (state.live === 'lost') return 'The connection to the local workspace is lost; trying again…';
  if (!state.bot.connected && state.me) return `@${state.bot.name} is not connected: messages wait until it is back.`;
  const on_ = state.faults.filter((fault) => fault.on).map((fault) => fault.label);
  return on_.length ? `Faults are switched on: ${on_.join(', ')}.` : '';
}
