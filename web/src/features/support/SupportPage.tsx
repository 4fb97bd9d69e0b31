import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { DoorClosed, LogOut } from 'lucide-react';
import { enterOrganization, openOrganizations, operatorSession, signOutOperator } from '@/api/queries';
import type { OpenOrganization } from '@/api/types';
import { t } from '@/lib/text';
import { Doorstep } from '@/ui/Doorstep';
import { Loading } from '@/ui/Loading';
import { Notice } from '@/ui/Notice';
import { ProblemNotice } from '@/ui/ProblemNotice';
import { momentInWords } from './moment';
import classes from './SupportPage.module.css';

interface SupportPageProps {
  onEntered: () => void;
  onSignedOut: () => void;
}

/** Where the operator's staff stands before an organization lets them in. */
export function SupportPage({ onEntered, onSignedOut }: SupportPageProps) {
  const me = useQuery(operatorSession);
  const open = useQuery(openOrganizations);
  const entering = useMutation({ mutationFn: enterOrganization, onSuccess: onEntered });
  const leaving = useMutation({ mutationFn: signOutOperator, onSuccess: onSignedOut });

  return (
    <Doorstep title={t('support.title')} lead={me.data && t('support.lead', { name: me.data.name })}>
      {open.isPending && <Loading />}
      {open.isError && <ProblemNotice error={open.error} onRetry={open.refetch} />}
      {entering.isError && <ProblemNotice error={entering.error} />}
      {open.data?.length === 0 && (
        <Notice icon={DoorClosed} title={t('support.none')}>
          <p>{t('support.noneHelp')}</p>
        </Notice>
      )}
      {open.data && open.data.length > 0 && (
        <ul className={classes.list}>
          {open.data.map((organization) => (
            <li key={organization.key} className={classes.row}>
              <span className={classes.words}>
                <strong>{organization.name}</strong>
                <span className={classes.until}>{t('support.until', { until: lastOf(organization) })}</span>
              </span>
              <Button
                disabled={entering.isPending}
                aria-label={t('support.enterOne', { organization: organization.name })}
                onClick={() => entering.mutate(organization.key)}
              >
                {t('support.enter')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button
        variant="default"
        className={classes.leave}
        leftSection={<LogOut size={14} aria-hidden />}
        onClick={() => leaving.mutate()}
      >
        {t('me.signOut')}
      </Button>
    </Doorstep>
  );
}

/** Entered is the grant that lasts longest. */
function lastOf({ grants }: OpenOrganization): string {
  const last = Math.max(...grants.map((grant) => Date.parse(grant.expires_at)));
  return momentInWords(new Date(last));
}
