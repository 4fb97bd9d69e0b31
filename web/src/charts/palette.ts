/** One set for both themes; the order is fixed by its distances under colour blindness. */
export const PALETTE = [
  '#4e61ed',
  '#ff5d10',
  '#22765c',
  '#3797e9',
  '#925290',
  '#9b9551',
  '#9c5b03',
  '#e963a5',
  '#b48480',
  '#747d88',
] as const;

/**
 * A colour per value that does not depend on which other values are shown, unless two values hash alike: so a filter does
 * not recolour what stays.
 */
export function colorsOf(values: string[]): Map<string, string> {
  const taken = new Set<number>();
  const colors = new Map<string, string>();
  for (const value of [...values].sort()) {
    let place = hash(value) % PALETTE.length;
    while (taken.has(place) && taken.size < PALETTE.length) place = (place + 1) % PALETTE.length;
    taken.add(place);
    colors.set(value, PALETTE[place] ?? PALETTE[0]);
  }
  return colors;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}
