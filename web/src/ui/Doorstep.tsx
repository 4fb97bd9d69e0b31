import type { ReactNode } from 'react';
import classes from './Doorstep.module.css';
import { Mark } from './Mark';
import { useTitle } from './useTitle';

interface DoorstepProps {
  title: string;
  /** What the window is called, where that differs. */
  window?: string;
  lead?: string | undefined;
  children: ReactNode;
}

/** A screen before one is inside an organization. */
export function Doorstep({ title, window = title, lead, children }: DoorstepProps) {
  useTitle(window);
  return (
    <main className={classes.page}>
      <header className={classes.header}>
        <Mark size={32} />
        <h1 className={classes.title}>{title}</h1>
        {lead && <p className={classes.lead}>{lead}</p>}
      </header>
      {children}
    </main>
  );
}
