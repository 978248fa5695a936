/** Line icons, drawn from paths on a 20 by 20 grid. */

const PATHS = {
  hash: 'M7.5 3 6 17M14 3l-1.5 14M3.5 7.5h14M2.5 12.5h14',
  menu: 'M3 5.5h14M3 10h14M3 14.5h14',
  search: 'M9 15A6 6 0 1 0 9 3a6 6 0 0 0 0 12Zm4.5-1.5L17 17',
  moon: 'M16.5 12A7 7 0 0 1 8 3.500a7 7 0 1 0 8.5 8.500Z',
  sun: 'M10 13.500a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7ZM10 1.500v2M10 16.500v2M1.5 10h2M16.5 10h2M4 4l1.4 1.400M14.6 14.6 16 16M4 16l1.4-1.400M14.6 5.4 16 4',
  bolt: 'M11 2 4 11.500h5L8.5 18 16 8.500h-5L11 2Z',
  help: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM7.7 7.500a2.3 2.3 0 1 1 3.3 2.100c-.7.4-1 .8-1 1.600M10 14v.1',
  close: 'M5 5l10 10M15 5 5 15',
  send: 'M3 10 4 3.5 17.5 10 4 16.5 3 10Zm0 0h7',
  plus: 'M10 4v12M4 10h12',
  at: 'M13 10a3 3 0 1 1-6 0 3 3 0 0 1 6 0Zm0 0v1.200c0 1.3.8 2.1 1.9 2.1 1.4 0 2.6-1.3 2.6-3.500A7.4 7.4 0 1 0 13.6 16.5',
  slash: 'M4.5 2.500h11a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2h-11a2 2 0 0 1-2-2v-11a2 2 0 0 1 2-2ZM12 6l-4 8',
  reply: 'M17 10.500c0 3.3-3.1 6-7 6-1.1 0-2.2-.2-3.1-.6L3 17l1.2-3.100A5.6 5.6 0 0 1 3 10.500c0-3.3 3.1-6 7-6s7 2.7 7 6Z',
  smile: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM6.5 11.500a3.8 3.8 0 0 0 7 0M7.5 7.500v.8M12.5 7.500v.8',
  eye: 'M1.8 10S4.8 4.5 10 4.5 18.2 10 18.2 10 15.2 15.5 10 15.5 1.8 10 1.8 10ZM10 12.500a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5Z',
  file: 'M5 2.500h6.500L16 7v9.500a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1v-13a1 1 0 0 1 1-1ZM11.5 2.500V7H16',
  download: 'M10 3v9.500M6 9l4 4 4-4M3.5 16.500h13',
  more: 'M4.5 10h.1M10 10h.1M15.5 10h.1',
  check: 'M4 10.5 8.2 15 16 5.5',
  down: 'M5 8l5 5 5-5',
  copy: 'M7 7h9.500v9.500H7V7ZM13 7V3.500H3.500V13H7',
  up: 'M5 12l5-5 5 5',
  left: 'M12 5l-5 5 5 5',
  thumbsup: 'M6.5 9 9.5 2.800c1.3 0 2 .9 2 2v2.700h3.900c1 0 1.8.9 1.6 1.900l-1 5.300c-.2.8-.8 1.3-1.6 1.300H6.500V9ZM6.5 9H3v7h3.5',
  thumbsdown: 'M13.5 11l-3 6.200c-1.3 0-2-.9-2-2v-2.700H4.600c-1 0-1.8-.9-1.6-1.900l1-5.300C4.2 4.5 4.8 4 5.6 4h7.900v7Zm0 0H17V4h-3.5',
  trash: 'M4 5.500h12M8 5.500v-2h4v2M5.5 5.500l.8 11h7.400l.8-11M8.5 8.500v5M11.5 8.500v5',
  info: 'M10 18a8 8 0 1 0 0-16 8 8 0 0 0 0 16ZM10 9.500V14M10 6.200v.1',
  warning: 'M10 3 18 16.500H2L10 3ZM10 8.500v3.500M10 14.300v.1',
  lock: 'M5 9h10v8H5V9ZM7 9V6.500a3 3 0 0 1 6 0V9',
  link: 'M8.5 11.500a3.3 3.3 0 0 0 4.7 0l2.8-2.800A3.3 3.3 0 0 0 11.3 4l-1 1M11.5 8.500a3.3 3.3 0 0 0-4.7 0L4 11.300A3.3 3.3 0 0 0 8.7 16l1-1',
};

const SVG = 'http://www.w3.org/2000/svg';

/** An icon by name; hidden from screen readers, so give its button a label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 20 20');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(SVG, 'path');
  path.setAttribute('d', PATHS[name] ?? PATHS.info);
  svg.append(path);
  return svg;
}
