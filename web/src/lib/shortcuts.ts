import type { TextKey } from './text';

export type ShortcutPlace = 'anywhere' | 'explore' | 'fields' | 'grid';

interface Shortcut {
  /** As written for `parseKeys`: `mod+k`, `g h`, `?`. Several ways to do one thing are listed. */
  keys: readonly string[];
  text: TextKey;
  place: ShortcutPlace;
}

/** Every shortcut there is: the dispatcher and the help both read this. */
export const shortcuts = {
  palette: { keys: ['mod+k'], text: 'shortcut.palette', place: 'anywhere' },
  help: { keys: ['?'], text: 'shortcut.help', place: 'anywhere' },
  nav: { keys: ['['], text: 'shortcut.nav', place: 'anywhere' },
  home: { keys: ['g h'], text: 'shortcut.home', place: 'anywhere' },
  run: { keys: ['mod+enter'], text: 'shortcut.run', place: 'explore' },
  cancel: { keys: ['escape'], text: 'shortcut.cancel', place: 'explore' },
  findField: { keys: ['/'], text: 'shortcut.findField', place: 'explore' },
  addFilter: { keys: ['f'], text: 'shortcut.addFilter', place: 'explore' },
  why: { keys: [']'], text: 'shortcut.why', place: 'explore' },
  show: { keys: ['v'], text: 'shortcut.show', place: 'explore' },
  moveFields: {
    keys: ['arrowdown', 'arrowup', 'arrowright', 'arrowleft'],
    text: 'shortcut.moveFields',
    place: 'fields',
  },
  pickField: { keys: ['enter'], text: 'shortcut.pickField', place: 'fields' },
  filterField: { keys: ['f'], text: 'shortcut.filterField', place: 'fields' },
  moveCells: {
    keys: ['arrowdown', 'arrowup', 'arrowright', 'arrowleft'],
    text: 'shortcut.moveCells',
    place: 'grid',
  },
  sortColumn: { keys: ['enter'], text: 'shortcut.sortColumn', place: 'grid' },
  columnMenu: { keys: ['alt+arrowdown'], text: 'shortcut.columnMenu', place: 'grid' },
  copyCells: { keys: ['mod+c'], text: 'shortcut.copyCells', place: 'grid' },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof shortcuts;

const isApple = /Mac|iPhone|iPad/.test(navigator.userAgent);

const KEY_SIGNS: Record<string, string> = {
  mod: isApple ? '⌘' : 'Ctrl',
  alt: isApple ? '⌥' : 'Alt',
  enter: '↵',
  escape: 'Esc',
  arrowdown: '↓',
  arrowup: '↑',
  arrowright: '→',
  arrowleft: '←',
};

/** What to print on the keys: `['⌘', 'K']`. */
export function keySigns(keys: string): string[] {
  return keys.split(/[+ ]/).map((key) => KEY_SIGNS[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

type Stroke = Pick<KeyboardEvent, 'key' | 'metaKey' | 'ctrlKey' | 'altKey'>;

/** The stroke as the catalogue writes it; shift is in the key itself (`?`) or decides nothing (shift+arrow selects). */
export function strokeName(event: Stroke): string {
  const mod = isApple ? event.metaKey : event.ctrlKey;
  return (mod ? 'mod+' : '') + (event.altKey ? 'alt+' : '') + event.key.toLowerCase();
}

export function isShortcut(event: Stroke, id: ShortcutId): boolean {
  const keys: readonly string[] = shortcuts[id].keys;
  return keys.includes(strokeName(event));
}

export function isSingleKey(stroke: string): boolean {
  return !stroke.startsWith('mod+') && stroke !== 'escape';
}
