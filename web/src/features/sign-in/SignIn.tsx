import { useMutation, useQuery } from '@tanstack/react-query';
import { Link as LinkIcon } from 'lucide-react';
import { toProblem } from '@/api/problems';
import { demoPeople, signInAs } from '@/api/queries';
import type { DemoPerson } from '@/api/types';
import { t } from '@/lib/text';
import { Doorstep } from '@/ui/Doorstep';
import { Loading } from '@/ui/Loading';
import { Notice } from '@/ui/Notice';
import { ProblemNotice } from '@/ui/ProblemNotice';
import { PeopleCards } from './PeopleCards';

export function SignIn({ onSignedIn }: { onSignedIn: (person: DemoPerson) => void }) {
  const people = useQuery(demoPeople);
  const entering = useMutation({
    mutationFn: (person: DemoPerson) => signInAs(person.person),
    onSuccess: (_, person) => onSignedIn(person),
  });
  const isDemo = people.data !== undefined;

  return (
    <Doorstep
      title={isDemo ? t('signIn.demo') : t('signIn.title')}
      window={t('signIn.title')}
      lead={isDemo ? t('signIn.choose') : undefined}
    >
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
    </Doorstep>
  );
}
