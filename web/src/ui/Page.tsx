import { type ReactNode, useEffect, useRef } from 'react';
import classes from './Page.module.css';
import { useTitle } from './useTitle';

interface PageProps {
  title: string;
  /** What stands before the title, such as the model of a topic. */
  context?: ReactNode;
  actions?: ReactNode;
  /** The content fills the window and scrolls inside its own panes. */
  fixed?: boolean;
  children: ReactNode;
}

let pagesShown = 0;

/** One screen: the top bar with its only `h1`, and the content. A newly opened screen takes the focus to its title. */
export function Page({ title, context, actions, fixed = false, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);

  useEffect(() => {
    if (pagesShown > 0) heading.current?.focus({ preventScroll: true });
    pagesShown += 1;
  }, []);
  useTitle(title);

  return (
    <div className={classes.page}>
      <header className={classes.header}>
        {context && <div className={classes.context}>{context}</div>}
        <h1 ref={heading} tabIndex={-1} className={classes.title}>
          {title}
        </h1>
        <div className={classes.actions}>{actions}</div>
      </header>
      <main id="main" tabIndex={-1} className={fixed ? classes.fixed : classes.scrolling}>
        {children}
      </main>
    </div>
  );
}
