import { Select } from '@mantine/core';
import { useMemo } from 'react';
import { t } from '@/lib/text';
import classes from './Filters.module.css';

const MOST_SHOWN = 60;

interface TimezoneSelectProps {
  timezone: string | null;
  usual: string;
  onTimezone: (timezone: string | null) => void;
}

export function TimezoneSelect({ timezone, usual, onTimezone }: TimezoneSelectProps) {
  const zones = useMemo(() => {
    const others = ['UTC', ...Intl.supportedValuesOf('timeZone')].filter((zone) => zone !== usual);
    return [{ value: usual, label: t('explore.timezoneUsual', { zone: usual }) }, ...new Set(others)];
  }, [usual]);
  return (
    <Select
      aria-label={t('explore.timezone')}
      className={classes.timezone}
      data={zones}
      value={timezone ?? usual}
      searchable
      limit={MOST_SHOWN}
      allowDeselect={false}
      onChange={(zone) => onTimezone(zone === usual ? null : zone)}
    />
  );
}
