import { UnstyledButton } from '@mantine/core';
import { ChartLine, MousePointerClick } from 'lucide-react';
import type { Topic } from '@/api/types';
import type { Exploration } from '@/lib/exploration/exploration';
import { suggestedQuestions } from '@/lib/exploration/suggestedQuestions';
import { t } from '@/lib/text';
import { Notice } from '@/ui/Notice';
import classes from '../Explore.module.css';

/** Explore before the first question. */
export function Start({ topic, onAsk }: { topic: Topic; onAsk: (exploration: Exploration) => void }) {
  const questions = suggestedQuestions(topic);
  return (
    <Notice icon={MousePointerClick} title={t('explore.emptyTitle')}>
      {questions.length > 0 && (
        <>
          <p>{t('explore.emptyTry')}</p>
          <ul className={classes.questions}>
            {questions.map((question) => (
              <li key={question.title}>
                <UnstyledButton className={classes.question} onClick={() => onAsk(question.exploration)}>
                  <ChartLine size={16} aria-hidden />
                  {question.title}
                </UnstyledButton>
              </li>
            ))}
          </ul>
        </>
      )}
    </Notice>
  );
}
