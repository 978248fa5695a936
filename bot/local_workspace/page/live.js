/** The stream of events; a lost one is taken up again and everything is read anew. */
import { eventsUrl } from './api.js';
import { emit, state } from './state.js';

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8000;
const NAMES = ['message', 'message_deleted', 'view_opened', 'view_updated', 'view_closed', 'home', 'bot', 'faults', 'error', 'resync'];

let source = null;
let timer = 0;
let wait = FIRST_WAIT;

/**
 * Listen as this person. `handlers[name](data)` gets each event; `handlers.resync()` is also called
 * whenever the stream opens, because what happened before that was not heard.
 */
export function listen(user, handlers) {
  stop();
  connect(user, handlers);
}

function stop() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function connect(user, handlers) {
  const stream = new EventSource(eventsUrl(user));
  source = stream;
  stream.onopen = () => up(handlers);
  // The server's own event named "error" carries data; a broken connection does not.
  stream.onerror = (event) => event.data === undefined && down(stream, user, handlers);
  for (const name of NAMES) {
    stream.addEventListener(name, (event) => {
      if (event.data !== undefined) handlers[name]?.(JSON.parse(event.data || '{}'));
    });
  }
}

function up(handlers) {
  wait = FIRST_WAIT;
  setLive('open');
  handlers.resync({});
}

function down(stream, user, handlers) {
  if (stream !== source) return;
  setLive('lost');
  stop();
  timer = setTimeout(() => connect(user, handlers), wait);
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

function setLive(value) {
  if (state.live === value) return;
  state.live = value;
  emit('live');
}
