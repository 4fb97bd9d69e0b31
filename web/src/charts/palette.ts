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
 * A colour for each value shown. A value keeps the colour that it is known by, so a filter does not recolour what stays;
 * a new one gets the colour of its hash, or the next one that nothing shown has.
 */
export function colorsOf(shown: string[], known: ReadonlyMap<string, string>): Map<string, string> {
  const colors = new Map<string, string>();
  const taken = new Set<string>();
  const give = (value: string, color: string) => {
    colors.set(value, color);
    taken.add(color);
  };
  for (const value of shown) {
    const color = known.get(value);
    if (color !== undefined && !taken.has(color)) give(value, color);
  }
  for (const value of shown.filter((candidate) => !colors.has(candidate)).sort()) {
    const start = hash(value) % PALETTE.length;
    const free = PALETTE.findIndex((_, step) => !taken.has(colorAt(start + step)));
    give(value, colorAt(start + Math.max(0, free)));
  }
  return colors;
}

export function colorAt(place: number): string {
  return PALETTE[place % PALETTE.length] ?? PALETTE[0];
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  }
  return state >>> 0;
}
