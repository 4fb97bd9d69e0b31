import { Button } from '@mantine/core';
import { SearchX, ShieldCheck } from 'lucide-react';
import type { Answer } from '@/api/runs';
import type { Exploration } from '@/lib/exploration/exploration';
import { listInWords, t } from '@/lib/text';
import { Notice } from '@/ui/Notice';

interface NoRowsProps {
  answer: Answer;
  exploration: Exploration;
  onAsk: (exploration: Exploration) => void;
}

/** An empty answer says what emptied it: the filters, the person's access, or both. */
export function NoRows({ answer, exploration, onAsk }: NoRowsProps) {
  const isFiltered = answer.request.filters.length > 0;
  const rules = [...new Set(answer.result.governedBy.map((rule) => rule.rule))];
  return (
    <Notice
      icon={isFiltered ? SearchX : ShieldCheck}
      title={isFiltered ? t('empty.noMatch') : t('empty.noRows')}
      actions={
        isFiltered && (
          <Button variant="default" onClick={() => onAsk({ ...exploration, filters: [] })}>
            {t('empty.clear')}
          </Button>
        )
      }
    >
      {rules.length > 0 && <p>{t('empty.limited', { rules: listInWords(rules) })}</p>}
    </Notice>
  );
}
