import { Button, CloseButton, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useMemo, useRef, useState } from 'react';
import type { Topic } from '@/api/types';
import { usualFrame, withFrame } from '@/lib/exploration/fieldNames';
import { isShortcut } from '@/lib/shortcuts';
import { t, tCount } from '@/lib/text';
import { useShortcut } from '@/ui/useShortcut';
import classes from './FieldPicker.module.css';
import { isWalkable, namesOf, type PickerRow, pickerRows } from './pickerRows';
import { Row } from './Row';
import { TopicSelect } from './TopicSelect';

interface FieldPickerProps {
  model: string;
  topic: Topic;
  chosen: string[];
  onToggle: (field: string) => void;
  onClear: () => void;
  onFilter: (field: string) => void;
}

type WalkableRow = Extract<PickerRow, { type: 'field' | 'frame' }>;

/** All fields that the person may see, found by typing and chosen with a click or a key. */
export function FieldPicker({ model, topic, chosen, onToggle, onClear, onFilter }: FieldPickerProps) {
  const [search, setSearch] = useState('');
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  useShortcut('findField', () => input.current?.select());

  const rows = useMemo(() => pickerRows(topic, { search, chosen, open }), [topic, search, chosen, open]);
  const walkable = rows.filter(isWalkable);
  const tabStop = walkable.some((row) => row.key === activeKey) ? activeKey : (walkable[0]?.key ?? null);

  const focusRow = (row: WalkableRow | undefined) => {
    if (!row) return;
    setActiveKey(row.key);
    list.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(row.key)}"]`)?.focus();
  };
  const toggleRow = (row: WalkableRow) => {
    if (row.type === 'frame') return onToggle(withFrame(row.field.name, row.frame));
    const present = namesOf(row.field).filter((name) => chosen.includes(name));
    onToggle(present.at(-1) ?? withFrame(row.field.name, usualFrame(row.field)));
  };
  const setFrames = (field: string, shown: boolean) => {
    const next = new Set(open);
    if (shown) next.add(field);
    else next.delete(field);
    setOpen(next);
  };

  const onListKey = (event: KeyboardEvent) => {
    const index = walkable.findIndex((row) => row.key === tabStop);
    const row = walkable[index];
    if (!row || event.metaKey || event.ctrlKey) return;
    if (isShortcut(event, 'filterField')) onFilter(row.field.name);
    else if (event.key === 'ArrowDown') focusRow(walkable[index + 1]);
    else if (event.key === 'ArrowUp' && index === 0) input.current?.focus();
    else if (event.key === 'ArrowUp') focusRow(walkable[index - 1]);
    else if (event.key === 'Home') focusRow(walkable[0]);
    else if (event.key === 'End') focusRow(walkable.at(-1));
    else if (event.key === 'ArrowRight' && row.field.timeframes.length > 0) setFrames(row.field.name, true);
    else if (event.key === 'ArrowLeft' && row.field.timeframes.length > 0) {
      setFrames(row.field.name, false);
      focusRow(walkable.find((candidate) => candidate.key === row.field.name));
    } else return;
    event.preventDefault();
  };

  const onSearchKey = (event: KeyboardEvent) => {
    const [first] = walkable;
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      focusRow(first);
    } else if (event.key === 'Enter' && first && search !== '' && !event.metaKey && !event.ctrlKey) {
      toggleRow(first);
    } else if (event.key === 'Escape' && search !== '') {
      event.preventDefault();
      setSearch('');
    }
  };

  return (
    <section className={classes.picker} aria-label={t('picker.label')}>
      <div className={classes.top}>
        <TopicSelect model={model} topic={topic} />
        <TextInput
          ref={input}
          type="search"
          aria-label={t('picker.search')}
          placeholder={t('picker.search')}
          leftSection={<Search size={14} aria-hidden />}
          rightSection={
            search !== '' && (
              <CloseButton size="xs" aria-label={t('picker.clear')} onClick={() => setSearch('')} />
            )
          }
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          onKeyDown={onSearchKey}
        />
      </div>
      <div
        ref={list}
        className={classes.list}
        onKeyDown={onListKey}
        role="group"
        aria-label={t('picker.label')}
      >
        {walkable.length === 0 && <p className={classes.none}>{t('picker.none', { text: search })}</p>}
        {rows.map((row) => (
          <Row
            key={row.key}
            row={row}
            isTabStop={row.key === tabStop}
            onFocus={() => setActiveKey(row.key)}
            onToggle={toggleRow}
            onFrames={setFrames}
            onFilter={onFilter}
          />
        ))}
      </div>
      {chosen.length > 0 && (
        <footer className={classes.foot}>
          <span>{tCount('picker.chosen', chosen.length)}</span>
          <Button variant="subtle" color="gray" size="compact-xs" onClick={onClear}>
            {t('picker.clear')}
          </Button>
        </footer>
      )}
    </section>
  );
}
