import { Tooltip, UnstyledButton } from '@mantine/core';
import { ChevronRight, Filter, Lock } from 'lucide-react';
import type { Field } from '@/api/types';
import { frameLabel } from '@/lib/frameLabel';
import { t, tCount } from '@/lib/text';
import { FieldIcon } from '@/ui/FieldIcon';
import classes from './FieldPicker.module.css';
import { isWalkable, type PickerRow } from './pickerRows';

interface RowProps {
  row: PickerRow;
  isTabStop: boolean;
  onFocus: () => void;
  onToggle: (row: Extract<PickerRow, { type: 'field' | 'frame' }>) => void;
  onFrames: (field: string, shown: boolean) => void;
  onFilter: (field: string) => void;
}

export function Row(props: RowProps) {
  const { row } = props;
  if (row.type === 'view') {
    return (
      <h2 className={classes.view}>
        {row.label}
        {row.chosen > 0 && <span className={classes.count}>{tCount('picker.chosen', row.chosen)}</span>}
      </h2>
    );
  }
  if (row.type === 'group') return <h4 className={classes.group}>{row.label}</h4>;
  if (!isWalkable(row)) {
    return (
      <h3 className={classes.kind}>
        {t(row.kind === 'dimension' ? 'picker.dimensions' : 'picker.measures')}
      </h3>
    );
  }
  const { isTabStop, onFocus, onToggle } = props;
  return (
    <div
      className={classes.row}
      data-chosen={row.chosen || undefined}
      data-frame={row.type === 'frame' || undefined}
    >
      <Tooltip
        label={row.field.description}
        disabled={!row.field.description || row.type === 'frame'}
        position="right"
        multiline
        maw={280}
      >
        <UnstyledButton
          className={classes.choose}
          data-key={row.key}
          aria-pressed={row.chosen}
          aria-expanded={row.type === 'field' && row.field.timeframes.length > 0 ? row.open : undefined}
          aria-description={row.type === 'field' ? t(`type.${row.field.type}`) : undefined}
          tabIndex={isTabStop ? 0 : -1}
          onFocus={onFocus}
          onClick={() => onToggle(row)}
        >
          {row.type === 'frame' ? (
            <span className={classes.label}>
              {row.frame === null ? exactLabel(row.field) : frameLabel(row.frame)}
            </span>
          ) : (
            <>
              <FieldIcon type={row.field.type} kind={row.field.kind} />
              <span className={classes.label}>{row.field.label}</span>
              {row.field.masked !== null && (
                <Lock size={12} role="img" aria-label={t('picker.masked')} className={classes.lock}>
                  <title>{t('picker.masked')}</title>
                </Lock>
              )}
            </>
          )}
        </UnstyledButton>
      </Tooltip>
      {row.type === 'field' && <RowTools {...props} field={row.field} open={row.open} />}
    </div>
  );
}

function exactLabel(field: Field): string {
  return field.type === 'date' ? t('picker.exactDate') : t('picker.exact');
}

/** For the pointer; the keyboard has F and the arrow keys on the row itself. */
function RowTools({ field, open, onFrames, onFilter }: RowProps & { field: Field; open: boolean }) {
  return (
    <>
      <UnstyledButton
        className={classes.tool}
        tabIndex={-1}
        aria-label={t('picker.filter', { field: field.label })}
        title={t('picker.filter', { field: field.label })}
        onClick={() => onFilter(field.name)}
      >
        <Filter size={12} aria-hidden />
      </UnstyledButton>
      {field.timeframes.length > 0 && (
        <UnstyledButton
          className={classes.frames}
          tabIndex={-1}
          aria-label={t('picker.frames', { field: field.label })}
          aria-expanded={open}
          onClick={() => onFrames(field.name, !open)}
        >
          <ChevronRight size={14} aria-hidden />
        </UnstyledButton>
      )}
    </>
  );
}
