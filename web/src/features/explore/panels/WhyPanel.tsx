import { CircleCheck, CircleDot, CircleSlash, type LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Explanation, Rule, Topic } from '@/api/types';
import { messages } from '@/lib/messages';
import { listInWords, t } from '@/lib/text';
import { fieldInWords } from '../filters/filterWords';
import classes from './Panels.module.css';

const ICONS: Record<Explanation['decision'], LucideIcon> = {
  allowed: CircleCheck,
  limited: CircleDot,
  denied: CircleSlash,
};

/** The decision, then the rules on rows, the masked fields and the abilities that made it. */
export function WhyPanel({ explanation, topic }: { explanation: Explanation; topic: Topic }) {
  const { decision, summary, because, needs, governed_by: rules, fields } = explanation;
  const Icon = ICONS[decision];
  const masked = fields.filter((field) => field.state === 'masked');
  return (
    <div className={classes.why}>
      <section className={classes.verdict} data-decision={decision}>
        <Icon size={16} aria-hidden />
        <div>
          <strong>{t(`why.decision.${decision}`)}</strong>
          <p>{summary}</p>
        </div>
      </section>
      {needs.length > 0 && (
        <Reasons title={t('why.needs')}>
          {needs.map((need) => (
            <li key={need}>{need}</li>
          ))}
        </Reasons>
      )}
      <Reasons title={t('why.rules')} none={rules.length === 0 ? t('why.noRules') : undefined}>
        {sameRules(rules).map(({ rule, because: reason, relations }) => (
          <li key={`${rule} ${reason}`}>
            <strong>{rule}</strong>
            <span className={classes.quiet}>
              {t('why.on', { views: listInWords(relations.map((relation) => viewLabel(relation, topic))) })}
            </span>
            <span className={classes.quiet}>{t('state.because', { because: reason })}</span>
          </li>
        ))}
      </Reasons>
      <Reasons title={t('why.masked')} none={masked.length === 0 ? t('why.masked.none') : undefined}>
        {masked.map((field) => (
          <li key={field.name}>
            <strong>{fieldInWords(field.name, topic)}</strong>
            {field.how !== null && (
              <span className={classes.where}>{t('why.how', { how: maskInWords(field.how) })}</span>
            )}
            <span className={classes.quiet}>{t('state.because', { because: field.because })}</span>
          </li>
        ))}
      </Reasons>
      <Reasons title={t('why.abilities')}>
        {because.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </Reasons>
    </div>
  );
}

function Reasons({
  title,
  none,
  children,
}: {
  title: string;
  none?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section>
      <h3 className={classes.heading}>{title}</h3>
      {none === undefined ? (
        <ul className={classes.reasons}>{children}</ul>
      ) : (
        <p className={classes.quiet}>{none}</p>
      )}
    </section>
  );
}

/** One rule often limits several views for one reason; it is said once. */
function sameRules(rules: Rule[]): { rule: string; because: string; relations: string[] }[] {
  const groups = Map.groupBy(rules, ({ rule, because }) => `${rule}\n${because}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first ? [{ ...first, relations: group.map(({ relation }) => relation) }] : [];
  });
}

function viewLabel(relation: string, topic: Topic): string {
  return topic.views.find((view) => view.name === relation)?.label ?? relation;
}

type MaskKey = Extract<keyof typeof messages, `why.how.${string}`>;

function maskInWords(how: string): string {
  const key = `why.how.${how}`;
  return key in messages ? t(key as MaskKey) : how;
}
