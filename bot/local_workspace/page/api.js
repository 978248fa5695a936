/** The workspace's own HTTP interface, under /workspace/. */

/** What the person should read when a call did not work. */
export class CallFailed extends Error {}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(`/workspace/${path}`, { cache: 'no-store', ...options });
  } catch {
    throw new CallFailed('The local workspace does not answer; check that dispatch is still running.');
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok && !answer) throw new CallFailed(`The local workspace answered with an error (${response.status}).`);
  if (!response.ok) throw new CallFailed(answer.error ?? answer.sentence ?? `The local workspace answered ${response.status}.`);
  return answer ?? {};
}

function post(path, body) {
  return call(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** As `post`, but an answer `{ok: false, error}` is a failure too. */
async function mustPost(path, body) {
  const answer = await post(path, body);
  if (answer.ok === false) throw new CallFailed(answer.error ?? 'The local workspace refused this.');
  return answer;
}

const query = (values) => new URLSearchParams(values).toString();

export const getState = (user) => call(`state?${query({ user })}`);
export const getMessages = (channel, user) => call(`messages?${query({ channel, user })}`);
export const eventsUrl = (user) => `/workspace/events?${query({ user })}`;
export const postMessage = (body) => mustPost('messages', body);
export const editMessage = (body) => mustPost('messages/edit', body);
export const deleteMessage = (body) => mustPost('messages/delete', body);
export const runCommand = (body) => mustPost('commands', body);
export const sendAction = (body) => mustPost('actions', body);
/** @returns {Promise<{ok: boolean, errors?: Object<string, string>}>} */
export const submitView = (body) => post('views/submit', body);
export const closeView = (body) => mustPost('views/close', body);
export const openHome = (user) => post('home', { user });
export const react = (body) => mustPost('reactions', body);
export const setFault = (id, on) => post('faults', { id, on });
export const resetWorkspace = () => mustPost('reset', {});

/** Send one file's bytes; gives Slack's file object. */
export async function upload(file, user) {
  const form = new FormData();
  form.append('user', user);
  form.append('file', file, file.name);
  const answer = await call('uploads', { method: 'POST', body: form });
  if (answer.ok === false) throw new CallFailed(answer.error ?? `${file.name} could not be uploaded.`);
  return answer.file;
}

/** Where a file's bytes are; inline only for pictures that a page may show. */
export function fileUrl(id, inline = false) {
  return `/workspace/files/${encodeURIComponent(id)}${inline ? '?inline=1' : ''}`;
}
