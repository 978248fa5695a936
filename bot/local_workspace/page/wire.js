/** What a person typed, as Slack's client puts it on the wire. */
import { myChannels, people, state } from './state.js';

/** `&`, `<` and `>` are escaped, mentions and addresses become Slack's own marks; code is left as typed. */
export function toWire(text) {
  const parts = text.split(/(```[\s\S]*?```|`[^`\n]+`)/);
  return parts.map((part, index) => (index % 2 ? escapeText(part) : marks(part))).join('');
}

function escapeText(text) {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

function marks(text) {
  const names = mentionables();
  const addresses = text.split(/(\bhttps?:\/\/[^\s<>]*[^\s<>.,;:!?)\]}'"])/);
  return addresses.map((part, index) => (index % 2 ? `<${escapeText(part)}>` : mentions(escapeText(part), names))).join('');
}

/**
 * A command's text: Slack takes it as typed, with people by their short names, and escapes it itself where the
 * app's manifest asks for that.
 */
export function toHandles(text) {
  const handles = people().filter((user) => user.real_name).map((user) => [`@${user.real_name.toLowerCase()}`, `@${user.name}`]);
  return handles.length ? mentions(text, handles) : text;
}

/** Name in lower case → mark, the longest names first so that "Ada Lovelace" is not read as "Ada". */
function mentionables() {
  const names = [];
  for (const user of people()) {
    for (const name of [user.real_name, user.name, user.real_name?.split(' ')[0]]) if (name) names.push([`@${name.toLowerCase()}`, `<@${user.id}>`]);
  }
  names.push([`@${state.bot.name.toLowerCase()}`, `<@${state.bot.user_id}>`]);
  for (const range of ['here', 'channel', 'everyone']) names.push([`@${range}`, `<!${range}>`]);
  for (const channel of myChannels()) if (!channel.is_im) names.push([`#${channel.name.toLowerCase()}`, `<#${channel.id}|${channel.name}>`]);
  return names.sort((one, other) => other[0].length - one[0].length);
}

function mentions(text, names) {
  const pattern = names.map(([name]) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const marksByName = new Map(names);
  return text.replace(new RegExp(`(^|[^\\w@#/])(${pattern})(?![\\w-])`, 'gi'), (whole, before, name) => before + marksByName.get(name.toLowerCase()));
}
