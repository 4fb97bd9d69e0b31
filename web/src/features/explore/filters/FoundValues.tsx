import { UnstyledButton } from '@mantine/core';
import { Check } from 'lucide-react';
import { t } from '@/lib/text';
import classes from './Filters.module.css';

interface FoundValuesProps {
  values: string[];
  truncated: boolean;
  searching: boolean;
  chosen: string[];
  onToggle: (value: string) => void;
}

/** Values of the data, each a switch. */
export function FoundValues({ values, truncated, searching, chosen, onToggle }: FoundValuesProps) {
  return (
    <div className={classes.found}>
      <ul aria-label={t('filters.found')}>
        {values.map((value) => (
          <li key={value}>
            <UnstyledButton
              className={classes.value}
              aria-pressed={chosen.includes(value)}
              onClick={() => onToggle(value)}
            >
              <span className={classes.valueText}>{value}</span>
              {chosen.includes(value) && <Check size={14} aria-hidden />}
            </UnstyledButton>
          </li>
        ))}
      </ul>
      {values.length === 0 && (
        <p className={classes.quiet}>{searching ? t('filters.suggesting') : t('filters.noValues')}</p>
      )}
      {truncated && <p className={classes.quiet}>{t('filters.more')}</p>}
    </div>
  );
}
