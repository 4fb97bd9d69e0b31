import { t } from '@/lib/text';
import classes from './Hairline.module.css';
import { useDelayed } from './useDelayed';

/** The thin moving line at the top of what is loading. */
export function Hairline({ active }: { active: boolean }) {
  const shown = useDelayed(active, 150);
  return shown && <div className={classes.hairline} role="progressbar" aria-label={t('app.loading')} />;
}
