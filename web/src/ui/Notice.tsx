import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import classes from './Notice.module.css';

interface NoticeProps {
  icon: LucideIcon;
  title: string;
  tone?: 'calm' | 'bad';
  children?: ReactNode;
  actions?: ReactNode;
}

/** What a pane says when it has nothing to show: an icon, one sentence, and what to do about it. */
export function Notice({ icon: Icon, title, tone = 'calm', children, actions }: NoticeProps) {
  return (
    <section className={classes.notice} data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      <Icon size={20} className={classes.icon} aria-hidden />
      <h2 className={classes.title}>{title}</h2>
      {children && <div className={classes.body}>{children}</div>}
      {actions && <div className={classes.actions}>{actions}</div>}
    </section>
  );
}
