import { messages } from './messages';

type Messages = typeof messages;
export type TextKey = keyof Messages;

type ParameterNames<Text> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;
type Parameters<Key extends TextKey> = [ParameterNames<Messages[Key]>] extends [never]
  ? []
  : [Record<ParameterNames<Messages[Key]>, string | number>];

/** The text for a key of the catalogue; its `{parameters}` are checked by the compiler. */
export function t<Key extends TextKey>(key: Key, ...parameters: Parameters<Key>): string {
  const values: Record<string, string | number> = parameters[0] ?? {};
  return messages[key].replace(/\{(\w+)\}/g, (_whole, name: string) => String(values[name]));
}

type Counted = TextKey extends infer Key ? (Key extends `${infer Base}.one` ? Base : never) : never;

const pluralRules = new Intl.PluralRules('en');

/** The text for a number of things, `{count}` formatted: `12,480 rows`. */
export function tCount(base: Counted, count: number): string {
  const key = pluralRules.select(count) === 'one' ? (`${base}.one` as const) : (`${base}.other` as const);
  return messages[key].replace('{count}', count.toLocaleString('en'));
}

/** `a`, `a and b`, `a, b and c`. */
export function listInWords(items: string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(items);
}
