import { useMutation, useQuery } from '@tanstack/react-query';
import { Link as LinkIcon } from 'lucide-react';
import { toProblem } from '@/api/problems';
import { demoPeople, signInAs } from '@/api/queries';
import type { DemoPerson } from '@/api/types';
import { t } from '@/lib/text';
import { Loading } from '@/ui/Loading';
import { Mark } from '@/ui/Mark';
import { Notice } from '@/ui/Notice';
import { ProblemNotice } from '@/ui/ProblemNotice';
import { useTitle } from '@/ui/useTitle';
import { PeopleCards } from './PeopleCards';
import classes from './SignIn.module.css';

export function SignIn({ onSignedIn }: { onSignedIn: (person: DemoPerson) => void }) {
  const people = useQuery(demoPeople);
  const entering = useMutation({
    mutationFn: (person: DemoPerson) => signInAs(person.person),
    onSuccess: (_, person) => onSignedIn(person),
  });
  useTitle(t('signIn.title'));
  const isDemo = people.data !== undefined;
  const title = isDemo ? t('signIn.demo') : t('signIn.title');

  return (
    <main className={classes.page}>
      <header className={classes.header}>
        <Mark size={32} />
        <h1 className={classes.title}>{title}</h1>
        {isDemo && <p className={classes.lead}>{t('signIn.choose')}</p>}
      </header>
      {people.isPending && <Loading />}
      {people.isError &&
        (toProblem(people.error).status === 404 ? (
          <Notice icon={LinkIcon} title={t('signIn.linkTitle')}>
            <p>{t('signIn.link')}</p>
          </Notice>
        ) : (
          <ProblemNotice error={people.error} onRetry={people.refetch} />
        ))}
      {entering.isError && <ProblemNotice error={entering.error} />}
      {people.data && (
        <PeopleCards people={people.data} entering={entering.isPending} onChoose={entering.mutate} />
      )}
    </main>
  );
}
