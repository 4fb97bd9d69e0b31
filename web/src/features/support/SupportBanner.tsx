import { Button } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { LifeBuoy } from 'lucide-react';
import { signOut, whoami } from '@/api/queries';
import { t } from '@/lib/text';
import { momentInWords } from './moment';
import classes from './SupportBanner.module.css';

/** Never hidden: whoever is in an organization by its invitation is reminded of it on every screen. */
export function SupportBanner({ onLeft }: { onLeft: () => void }) {
  const { data: me } = useQuery(whoami);
  const leaving = useMutation({ mutationFn: signOut, onSuccess: onLeft });
  if (!me?.support) return null;
  const until = momentInWords(new Date(me.support.expires_at));
  return (
    <aside className={classes.banner} aria-label={t('support.banner')}>
      <LifeBuoy size={14} aria-hidden />
      <p className={classes.words}>{t('support.inside', { organization: me.organization.name, until })}</p>
      <Button
        size="compact-xs"
        variant="default"
        disabled={leaving.isPending}
        onClick={() => leaving.mutate()}
      >
        {t('support.leave')}
      </Button>
    </aside>
  );
}
