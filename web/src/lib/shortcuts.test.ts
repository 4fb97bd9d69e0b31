import { expect, test } from 'vitest';
import { isShortcut, keySigns, shortcuts, strokeName } from './shortcuts';

test('no two shortcuts of one place share a key, but for enter and arrows of a list and a grid', () => {
  const pageWide = Object.values(shortcuts).filter(
    ({ place }) => place === 'anywhere' || place === 'explore',
  );
  const keys = pageWide.flatMap((shortcut): readonly string[] => shortcut.keys);
  expect(new Set(keys).size).toBe(keys.length);
});

test('a stroke is named as the catalogue names it', () => {
  const stroke = { key: 'K', ctrlKey: true, metaKey: false, altKey: false };
  expect(strokeName(stroke)).toBe('mod+k');
  expect(isShortcut(stroke, 'palette')).toBe(true);
  expect(isShortcut({ ...stroke, ctrlKey: false }, 'palette')).toBe(false);
});

test('keys are printed as they look on a keyboard', () => {
  expect(keySigns('mod+enter')).toEqual(['Ctrl', '↵']);
  expect(keySigns('g h')).toEqual(['G', 'H']);
});
