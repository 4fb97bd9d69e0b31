import { useMemo } from 'react';
import type { Explanation } from '@/api/types';
import SqlText from '@/editor/SqlText';
import { t } from '@/lib/text';
import { CopyText } from '@/ui/CopyText';
import classes from './Panels.module.css';

/** The SQL that runs for this person, with what the rules added marked and named. */
export default function SqlPanel({
  explanation,
  styleNonce,
}: {
  explanation: Explanation;
  styleNonce: string;
}) {
  const { sql } = explanation;
  const ranges = useMemo(() => sql?.rules ?? [], [sql]);
  if (sql === null) return <p className={classes.none}>{t('sql.none')}</p>;
  const labels = [...new Set(ranges.map((rule) => `${rule.relation}: ${rule.label}`))];
  return (
    <div className={classes.sql}>
      <section className={classes.sqlRules}>
        <h3 className={classes.heading}>{t('sql.rules')}</h3>
        {labels.length === 0 && <p className={classes.quiet}>{t('sql.noRules')}</p>}
        <ul className={classes.reasons}>
          {labels.map((label) => (
            <li key={label} className={classes.marked}>
              {label}
            </li>
          ))}
        </ul>
      </section>
      <SqlText text={sql.text} ranges={ranges} label={t('sql.label')} nonce={styleNonce} />
      <footer className={classes.sqlFoot}>
        <CopyText text={sql.text} label={t('sql.copy')} />
      </footer>
    </div>
  );
}
