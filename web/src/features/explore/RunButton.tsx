import { Button } from '@mantine/core';
import { Play, Square } from 'lucide-react';
import { keySigns, shortcuts } from '@/lib/shortcuts';
import { t } from '@/lib/text';
import { useDelayed } from '@/ui/useDelayed';
import { Elapsed } from './Elapsed';

interface RunButtonProps {
  /** When the running query started; null when none runs. */
  running: number | null;
  disabled: boolean;
  onRun: () => void;
  onCancel: () => void;
}

/** A quick answer does not make the button flicker: it offers to cancel only what takes its time. */
export function RunButton({ running, disabled, onRun, onCancel }: RunButtonProps) {
  const slow = useDelayed(running !== null, 150);
  if (slow && running !== null) {
    return (
      <Button
        color="gray"
        variant="default"
        leftSection={<Square size={12} aria-hidden />}
        onClick={onCancel}
      >
        {t('explore.cancel')} <Elapsed since={running} />
      </Button>
    );
  }
  return (
    <Button
      leftSection={<Play size={12} aria-hidden />}
      disabled={disabled}
      title={disabled ? t('explore.noFields') : keySigns(shortcuts.run.keys[0]).join(' ')}
      onClick={onRun}
    >
      {t('explore.run')}
    </Button>
  );
}
