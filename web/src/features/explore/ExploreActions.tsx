import { Button, SegmentedControl } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { ChartNoAxesColumn, Download, Play, Rows3, Square, Table2 } from 'lucide-react';
import type { ReactNode } from 'react';
import { downloadCsv } from '@/api/runs';
import type { FieldQuery, Model } from '@/api/types';
import type { Show } from '@/lib/exploration/exploration';
import { saveFile } from '@/lib/saveFile';
import { keySigns, shortcuts } from '@/lib/shortcuts';
import { t } from '@/lib/text';
import { useDelayed } from '@/ui/useDelayed';
import { Elapsed } from './Elapsed';
import classes from './Explore.module.css';

interface ExploreActionsProps {
  model: Model;
  request: FieldQuery;
  /** When the running query started; null when none runs. */
  running: number | null;
  show: Show;
  onShow: (show: Show) => void;
  onRun: () => void;
  onCancel: () => void;
}

const SHOWS: { value: Show; icon: ReactNode }[] = [
  { value: 'both', icon: <Rows3 size={14} aria-hidden /> },
  { value: 'chart', icon: <ChartNoAxesColumn size={14} aria-hidden /> },
  { value: 'table', icon: <Table2 size={14} aria-hidden /> },
];

export function ExploreActions(props: ExploreActionsProps) {
  const { model, request, running, show, onShow, onRun, onCancel } = props;
  const empty = request.fields.length === 0;
  return (
    <>
      <SegmentedControl
        size="xs"
        aria-label={t('explore.show')}
        value={show}
        onChange={(value) => onShow(value as Show)}
        data={SHOWS.map(({ value, icon }) => ({
          value,
          label: (
            <span className={classes.show} title={t(`explore.show.${value}`)}>
              {icon}
              <span className={classes.hiddenText}>{t(`explore.show.${value}`)}</span>
            </span>
          ),
        }))}
      />
      {model.can.download.allowed && <DownloadButton model={model} request={request} disabled={empty} />}
      <RunButton running={running} disabled={empty} onRun={onRun} onCancel={onCancel} />
    </>
  );
}

interface RunButtonProps {
  running: number | null;
  disabled: boolean;
  onRun: () => void;
  onCancel: () => void;
}

/** A quick answer does not make the button flicker: it offers to cancel only what takes its time. */
function RunButton({ running, disabled, onRun, onCancel }: RunButtonProps) {
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

interface DownloadButtonProps {
  model: Model;
  request: FieldQuery;
  disabled: boolean;
}

function DownloadButton({ model, request, disabled }: DownloadButtonProps) {
  const writing = useMutation({
    mutationFn: () => downloadCsv(model.id, request),
    onSuccess: (file) => saveFile(file, `${request.topic}.csv`),
  });
  return (
    <>
      <Button
        variant="default"
        leftSection={<Download size={14} aria-hidden />}
        disabled={disabled || writing.isPending}
        onClick={() => writing.mutate()}
      >
        {writing.isPending ? t('explore.downloading') : t('explore.download')}
      </Button>
      {writing.isError && (
        <span role="alert" className={classes.downloadProblem}>
          {writing.error.message}
        </span>
      )}
    </>
  );
}
