/** Times as people read them. */

const CLOCK = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const CLOCK_SECONDS = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const LONG = new Intl.DateTimeFormat(undefined, { weekday: 'long', month: 'long', day: 'numeric', year: 'numeric' });
const MEDIUM = new Intl.DateTimeFormat(undefined, { month: 'long', day: 'numeric', year: 'numeric' });
const SHORT = new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', year: 'numeric' });
const DAY = new Intl.DateTimeFormat(undefined, { weekday: 'long', month: 'long', day: 'numeric' });
const RELATIVE = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** A Date of a Slack ts ("1700000000.000100"). */
export function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}

export const clockText = (ts) => CLOCK.format(dateOf(ts));
export const fullText = (ts) => FULL.format(dateOf(ts));

function daysAgo(date) {
  const start = (value) => new Date(value.getFullYear(), value.getMonth(), value.getDate()).getTime();
  return Math.round((start(new Date()) - start(date)) / 86_400_000);
}

/** A day as it stands within a sentence. */
function pretty(date, plain) {
  return { 0: 'today', 1: 'yesterday', '-1': 'tomorrow' }[daysAgo(date)] ?? plain.format(date);
}

/** The caption of a day's divider: Today, Yesterday, or the date. */
export function dayText(ts) {
  const day = pretty(dateOf(ts), DAY);
  return day[0].toUpperCase() + day.slice(1);
}

/** "today at 10:05": where the line of a thread says when it was last answered. */
export const momentText = (ts) => `${pretty(dateOf(ts), SHORT)} at ${clockText(ts)}`;

function agoText(date) {
  const seconds = (date.getTime() - Date.now()) / 1000;
  const units = [['day', 86_400], ['hour', 3600], ['minute', 60]];
  for (const [unit, length] of units) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.round(seconds / length), unit);
  }
  return RELATIVE.format(Math.round(seconds), 'second');
}

const TOKENS = {
  date_num: (date) => [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-'),
  date_slash: (date) => [date.getMonth() + 1, date.getDate(), date.getFullYear()].join('/'),
  date_long: (date) => LONG.format(date),
  date_long_full: (date) => LONG.format(date),
  date_long_pretty: (date) => pretty(date, LONG),
  date: (date) => MEDIUM.format(date),
  date_pretty: (date) => pretty(date, MEDIUM),
  date_short: (date) => SHORT.format(date),
  date_short_pretty: (date) => pretty(date, SHORT),
  day_divider_pretty: (date) => pretty(date, DAY),
  time: (date) => CLOCK.format(date),
  time_secs: (date) => CLOCK_SECONDS.format(date),
  ago: agoText,
};

/** Slack's date formatting: `{date_short} at {time}` of seconds since 1970. */
export function slackDate(seconds, format) {
  const date = new Date(Number(seconds) * 1000);
  return format.replace(/\{(\w+)\}/g, (whole, token) => TOKENS[token]?.(date) ?? whole);
}
