import { SegmentedControl } from '@mantine/core';
import { ChartNoAxesColumn, Rows3, Table2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { FieldQuery, Model } from '@/api/types';
import type { Show } from '@/lib/exploration/exploration';
import { t } from '@/lib/text';
import { DownloadButton } from './DownloadButton';
import classes from './Explore.module.css';
import { RunButton } from './RunButton';

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
