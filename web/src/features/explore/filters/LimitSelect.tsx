import { Select } from '@mantine/core';
import { HIGHEST_LIMIT } from '@/lib/exploration/exploration';
import { t } from '@/lib/text';
import classes from './Filters.module.css';

const LIMITS = [100, 500, 1000, 5000, 10_000, HIGHEST_LIMIT];

interface LimitSelectProps {
  limit: number;
  usual: number;
  onLimit: (limit: number | null) => void;
}

export function LimitSelect({ limit, usual, onLimit }: LimitSelectProps) {
  const choices = [...new Set([...LIMITS, usual, limit])].sort((left, right) => left - right);
  return (
    <Select
      aria-label={t('explore.limit')}
      className={classes.limit}
      data={choices.map((count) => ({
        value: String(count),
        label: t('explore.limitRows', { count: count.toLocaleString('en') }),
      }))}
      value={String(limit)}
      allowDeselect={false}
      onChange={(value) => onLimit(Number(value) === usual ? null : Number(value))}
    />
  );
}
