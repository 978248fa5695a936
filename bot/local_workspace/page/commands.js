/** Sending what was typed: a message, or a slash command. */
import { CallFailed, postMessage, runCommand } from './api.js';
import { state } from './state.js';
import { toHandles, toWire } from './wire.js';

const COMMAND = /^\/(\S+)\s*([\s\S]*)$/;

/**
 * Send a text; throws CallFailed with the sentence to show.
 * @param {{channel: string, thread_ts?: string}} address
 */
export async function send(address, text, fileIds) {
  const command = fileIds.length ? null : COMMAND.exec(text);
  if (!command) {
    await postMessage({ user: state.me, ...address, text: toWire(text), file_ids: fileIds });
    return;
  }
  const name = `/${command[1]}`;
  if (address.thread_ts) throw new CallFailed(`Slack takes no slash commands in a thread; write ${name} in the channel.`);
  if (!state.bot.commands.some((one) => one.command === name)) throw new CallFailed(`${name} is not a command here; type / to see those there are.`);
  await runCommand({ user: state.me, channel: address.channel, command: name, text: toHandles(command[2].trim()) });
}
