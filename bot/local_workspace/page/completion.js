/** What can be completed while typing: slash commands, people, channels, emoji. */
import { drawEmoji } from './mrkdwn.js';
import { EMOJI } from './emoji.js';
import { avatar } from './people.js';
import { h } from './dom.js';
import { icon } from './icons.js';
import { myChannels, people, state } from './state.js';

const MOST = 8;

/**
 * What fits the word before the caret.
 * @param {string} text all that was typed
 * @param {number} caret
 * @param {boolean} withCommands false in threads, where Slack has none
 * @returns {{from: number, typed: string, options: Option[]}|null}
 *
 * @typedef {{label: string, detail: string, insert: string, picture: Node}} Option
 */
export function completionsAt(text, caret, withCommands) {
  const before = text.slice(0, caret);
  if ((before.match(/```/g) ?? []).length % 2) return null;
  const slash = withCommands && /^\/(\S*)$/.exec(before);
  if (slash) return found(0, before, commands(slash[1]));
  const word = /(?:^|[\s(])([@#:])([\w+-]*)$/.exec(before);
  if (!word) return null;
  const [, mark, name] = word;
  const from = caret - name.length - 1;
  if (mark === '@') return found(from, before.slice(from), mentionables(name));
  if (mark === '#') return found(from, before.slice(from), channels(name));
  return name.length > 1 ? found(from, before.slice(from), emoji(name)) : null;
}

const found = (from, typed, options) => (options.length ? { from, typed, options: options.slice(0, MOST) } : null);
const starts = (text, wanted) => text.toLowerCase().startsWith(wanted.toLowerCase());

function commands(name) {
  return state.bot.commands.filter((one) => starts(one.command, `/${name}`)).map((one) => ({
    label: one.command, usage: one.usage_hint, detail: one.description, insert: `${one.command} `, picture: avatar({ isBot: true }, 'small'),
  }));
}

function mentionables(name) {
  const bot = { id: state.bot.user_id, name: state.bot.name, isBot: true, detail: 'App' };
  const persons = people().map((user) => ({ ...user, name: user.real_name || user.name, detail: user.title || '' }));
  return [bot, ...persons].filter((one) => one.name.split(' ').some((part) => starts(part, name))).map((one) => ({
    label: `@${one.name}`, detail: one.detail, insert: `@${one.name} `, picture: avatar(one, 'small'),
  }));
}

function channels(name) {
  return myChannels().filter((one) => !one.is_im && starts(one.name, name)).map((one) => ({
    label: `#${one.name}`, detail: '', insert: `#${one.name} `, picture: icon('hash'),
  }));
}

function emoji(name) {
  const names = [...EMOJI.keys()].filter((one) => one.includes(name.toLowerCase()));
  names.sort((one, other) => Number(starts(other, name)) - Number(starts(one, name)) || one.length - other.length);
  return names.map((one) => ({ label: `:${one}:`, detail: '', insert: `${EMOJI.get(one)} `, picture: h('span', {}, drawEmoji(one)) }));
}
