const KEY = 'tessera-single-keys';

/** A person may turn single-key shortcuts off (WCAG 2.1.4); the choice stays in this browser. */
export function singleKeysAllowed(): boolean {
  return localStorage.getItem(KEY) !== 'off';
}

export function allowSingleKeys(allowed: boolean): void {
  localStorage.setItem(KEY, allowed ? 'on' : 'off');
}
