import type { KeyboardEvent, PointerEvent } from 'react';
import classes from './SplitHandle.module.css';

const LOWEST = 20;
const HIGHEST = 70;
const STEP = 5;

interface SplitHandleProps {
  label: string;
  /** The share of the pane above, in percent of both. */
  share: number;
  onShare: (share: number) => void;
}

/** The line between two panes: dragged, or moved with the arrow keys. */
export function SplitHandle({ label, share, onShare }: SplitHandleProps) {
  const move = (next: number) => onShare(Math.round(Math.min(HIGHEST, Math.max(LOWEST, next))));
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowUp: -STEP, ArrowDown: STEP }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    move(share + step);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const both = event.currentTarget.parentElement?.getBoundingClientRect();
    if (both) move(((event.clientY - both.top) / both.height) * 100);
  };
  return (
    <hr
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuenow={share}
      aria-valuemin={LOWEST}
      aria-valuemax={HIGHEST}
      className={classes.handle}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={onPointerMove}
    />
  );
}
