import { Chip, Group, TextInput } from '@mantine/core';
import { t } from '@/lib/text';

const PERIODS = [
  'today',
  'last 7 days',
  'last 30 days',
  'last 12 months',
  'last 3 complete months',
  'this month',
  'this year',
  'last 5 years',
];

/** The usual periods as a choice, any other as text; the server resolves them in the question's time zone. */
export function PeriodValue({ text, onText }: { text: string; onText: (text: string) => void }) {
  return (
    <>
      <Chip.Group value={text} onChange={onText}>
        <Group gap={4} role="radiogroup" aria-label={t('filters.period')}>
          {PERIODS.map((period) => (
            <Chip key={period} value={period} size="xs" variant="light" icon={null}>
              {period}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      <TextInput
        label={t('filters.period')}
        description={t('filters.periodHelp')}
        value={text}
        onChange={(event) => onText(event.currentTarget.value)}
      />
    </>
  );
}
