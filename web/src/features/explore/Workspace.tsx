import { useCallback, useEffect, useRef, useState } from 'react';
import type { Model, Topic } from '@/api/types';
import type { ColumnCommand } from '@/grid/columnCommands';
import {
  cycleSort,
  type Exploration,
  effectiveFilters,
  moveField,
  sameQuestion,
  toFieldQuery,
  toggleField,
} from '@/lib/exploration/exploration';
import { findField } from '@/lib/exploration/fieldNames';
import { Page } from '@/ui/Page';
import { useShortcut } from '@/ui/useShortcut';
import classes from './Explore.module.css';
import { ExploreActions } from './ExploreActions';
import { FilterBar } from './filters/FilterBar';
import { SidePanel } from './panels/SidePanel';
import { FieldPicker } from './picker/FieldPicker';
import { Results } from './results/Results';
import { StatusLine } from './results/StatusLine';
import { UnknownFields } from './UnknownFields';
import { useExploration } from './useExploration';
import { useRun } from './useRun';

interface WorkspaceProps {
  model: Model;
  topic: Topic;
  styleNonce: string;
}

/** Explore with its topic loaded: the question on the left and top, its answer in the middle, its reasons on the right. */
export function Workspace({ model, topic, styleNonce }: WorkspaceProps) {
  const { state, start, stop } = useRun(model.id);
  const [filterField, setFilterField] = useState<string | null>(null);

  const runExploration = useCallback(
    (next: Exploration) => {
      if (next.fields.length > 0) start(toFieldQuery(next, topic));
    },
    [start, topic],
  );
  const { exploration, change } = useExploration(runExploration);
  useRunOnOpening(exploration, runExploration);

  const request = toFieldQuery(exploration, topic);
  const asked = state.last !== null && sameQuestion(state.last.request, request);

  /** The first change after an answer makes a new entry in the history; the next ones belong to it. */
  const edit = (next: Exploration) => change(next, { keepHistory: !asked });
  const editAndRun = (next: Exploration) => {
    edit(next);
    runExploration(next);
  };
  const look = (next: Partial<Exploration>) => change({ ...exploration, ...next }, { keepHistory: true });
  const togglePanel = (panel: Exploration['panel']) =>
    look({ panel: exploration.panel === panel ? null : panel });

  const sort = (field: string, add: boolean) => {
    const firstDescending = findField(topic, field)?.field.kind === 'measure';
    editAndRun({ ...exploration, sorts: cycleSort(exploration.sorts, field, firstDescending, add) });
  };
  const command = (id: ColumnCommand, field: string) => {
    if (id === 'filter') setFilterField(findField(topic, field)?.field.name ?? null);
    else editAndRun(afterColumnCommand(exploration, id, field));
  };

  useShortcut('run', () => runExploration(exploration));
  useShortcut('cancel', stop, state.phase === 'running');
  useShortcut('why', () => togglePanel('why'));
  useShortcut('show', () => look({ show: nextShow(exploration.show) }));

  return (
    <Page
      title={topic.label}
      context={model.label}
      fixed
      actions={
        <ExploreActions
          model={model}
          request={request}
          running={state.phase === 'running' ? state.startedAt : null}
          show={exploration.show}
          onShow={(show) => look({ show })}
          onRun={() => runExploration(exploration)}
          onCancel={stop}
        />
      }
    >
      <FieldPicker
        model={model.id}
        topic={topic}
        chosen={exploration.fields}
        onToggle={(field) => edit(toggleField(exploration, field))}
        onClear={() => edit({ ...exploration, fields: [], sorts: [] })}
        onFilter={setFilterField}
      />
      <div className={classes.middle}>
        <FilterBar
          model={model.id}
          topic={topic}
          filters={effectiveFilters(exploration, topic)}
          isUsual={exploration.filters === null}
          limit={request.limit ?? topic.default_row_limit}
          timezone={exploration.timezone}
          problem={state.phase === 'failed' ? state.error : null}
          addField={filterField}
          onAddField={setFilterField}
          onFilters={(filters) => edit({ ...exploration, filters })}
          onLimit={(limit) => edit({ ...exploration, limit })}
          onTimezone={(timezone) => edit({ ...exploration, timezone })}
        />
        <UnknownFields topic={topic} exploration={exploration} onRemove={edit} />
        <Results
          topic={topic}
          state={state}
          exploration={exploration}
          isAsked={asked}
          mayCopy={model.can.download.allowed}
          onRun={() => runExploration(exploration)}
          onAsk={editAndRun}
          onSort={sort}
          onCommand={command}
        />
        <StatusLine
          state={state}
          connection={model.connection}
          timezone={exploration.timezone ?? topic.timezone}
          maySeeSql={model.can.view_sql.allowed}
          panel={exploration.panel}
          onPanel={togglePanel}
          onRaiseLimit={(limit) => editAndRun({ ...exploration, limit })}
        />
      </div>
      {exploration.panel && (
        <SidePanel
          panel={exploration.panel}
          model={model}
          topic={topic}
          request={state.last?.request ?? null}
          styleNonce={styleNonce}
          onPanel={(panel) => look({ panel })}
        />
      )}
    </Page>
  );
}

/** Whoever opens a link to a question sees its answer. */
function useRunOnOpening(exploration: Exploration, runExploration: (exploration: Exploration) => void): void {
  const opened = useRef(exploration);
  useEffect(() => runExploration(opened.current), [runExploration]);
}

function nextShow(show: Exploration['show']): Exploration['show'] {
  const order = ['both', 'chart', 'table'] as const;
  return order[(order.indexOf(show) + 1) % order.length] ?? 'both';
}

function afterColumnCommand(exploration: Exploration, command: ColumnCommand, field: string): Exploration {
  switch (command) {
    case 'sortUp':
      return { ...exploration, sorts: [{ field, descending: false }] };
    case 'sortDown':
      return { ...exploration, sorts: [{ field, descending: true }] };
    case 'moveLeft':
      return moveField(exploration, field, -1);
    case 'moveRight':
      return moveField(exploration, field, 1);
    case 'remove':
      return toggleField(exploration, field);
    default:
      return exploration;
  }
}
