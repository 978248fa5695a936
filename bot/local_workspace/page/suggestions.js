/** What to try first: each suggestion fills the message box. */
import { h } from './dom.js';
import { icon } from './icons.js';
import { avatar } from './people.js';
import { emit, state } from './state.js';

const PLOT = '```python\nimport matplotlib.pyplot as plt\nplt.plot([1, 4, 9, 16])\nplt.title("Squares")\nplt.savefig("squares.png")\nprint("drawn")\n```';

const SUGGESTIONS = [
  { text: 'hi', shown: 'hi', note: 'Say hello and see what it can do' },
  { text: PLOT, shown: '```python … plot```', note: 'Run code in a sandbox and get the plot back' },
  { text: '$ echo hi', shown: '$ echo hi', note: 'Run a command on your computer, once somebody approves it' },
  { text: 'ls .', shown: 'ls .', note: 'List a folder of your computer' },
  { text: 'What is a run?', shown: 'What is a run?', note: 'Ask the documents' },
];

/** What an empty channel says. */
export function emptyState(channel) {
  const bot = state.bot.name;
  const direct = channel?.is_im;
  return h('div', { class: 'empty' },
    avatar({ isBot: true }, 'huge'),
    h('h2', {}, direct ? `This is between you and @${bot}` : `Welcome to #${channel?.name ?? ''}`),
    h('p', { class: 'quiet' }, direct
      ? 'Every message here is a task; no mention is needed. Try one of these.'
      : `Mention @${bot} to give it a task; it answers in a thread. Try one of these.`),
    h('ul', { class: 'suggestions' }, SUGGESTIONS.map((one, index) => h('li', {}, suggestion(one, index, direct ? '' : `@${bot} `)))));
}

function suggestion({ text, shown, note }, index, mention) {
  return h('button', { type: 'button', class: 'suggestion', data: { testid: `suggestion-${index}` }, on: { click: () => emit('suggest', mention + text) } },
    h('code', {}, mention + shown), h('span', { class: 'quiet' }, note), icon('left'));
}
