/** Light and dark: what the system says, unless the person chose. */

const KEY = 'dispatch-workspace-theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

/** 'dark' or 'light', as it is shown now. */
export function shownTheme() {
  return document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light');
}

export function startTheme() {
  const chosen = recall();
  if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset.theme = chosen;
}

function recall() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

export function switchTheme() {
  const next = shownTheme() === 'dark' ? 'light' : 'dark';
  document.documentElement.dataset.theme = next;
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // A browser that keeps nothing forgets the choice with the tab.
  }
  document.dispatchEvent(new Event('themechange'));
}
