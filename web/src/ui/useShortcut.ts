import { useEffect, useRef } from 'react';
import { isSingleKey, type ShortcutId, shortcuts, strokeName } from '@/lib/shortcuts';
import { singleKeysAllowed } from '@/lib/singleKeys';

type Handler = () => void;

const handlers = new Map<ShortcutId, Handler[]>();

/** While the component is on the page, the shortcut means `handler`; the component mounted last wins. */
export function useShortcut(id: ShortcutId, handler: Handler, enabled = true): void {
  const latest = useRef(handler);
  useEffect(() => {
    latest.current = handler;
  });
  useEffect(() => {
    if (!enabled) return;
    const own: Handler = () => latest.current();
    handlers.set(id, [...(handlers.get(id) ?? []), own]);
    return () => {
      handlers.set(
        id,
        (handlers.get(id) ?? []).filter((candidate) => candidate !== own),
      );
    };
  }, [id, enabled]);
}

const SEQUENCE_WINDOW_MS = 1000;

/** Dispatches key strokes of the whole page to the handlers; used once, by the shell. */
export function useShortcutDispatch(): void {
  useEffect(() => {
    let prefix = { stroke: '', at: 0 };
    const dispatch = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const stroke = strokeName(event);
      if (isSingleKey(stroke) && (isTyping(event.target) || !singleKeysAllowed())) return;

      const sequence = event.timeStamp - prefix.at < SEQUENCE_WINDOW_MS ? `${prefix.stroke} ${stroke}` : '';
      prefix = { stroke, at: event.timeStamp };
      const handler = handlerOf(sequence) ?? handlerOf(stroke);
      if (handler) {
        event.preventDefault();
        handler();
      }
    };
    document.addEventListener('keydown', dispatch);
    return () => document.removeEventListener('keydown', dispatch);
  }, []);
}

function handlerOf(stroke: string): Handler | undefined {
  for (const [id, own] of handlers) {
    const keys: readonly string[] = shortcuts[id].keys;
    const isLocal = shortcuts[id].place === 'fields' || shortcuts[id].place === 'grid';
    if (!isLocal && keys.includes(stroke)) return own.at(-1);
  }
  return undefined;
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
