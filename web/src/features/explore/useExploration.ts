import { useNavigate, useRouter, useSearch } from '@tanstack/react-router';
import { useEffect, useMemo, useRef } from 'react';
import { readExploration, writeExploration } from '@/lib/exploration/address';
import type { Exploration } from '@/lib/exploration/exploration';

export interface ExplorationInAddress {
  exploration: Exploration;
  /** `keepHistory` replaces the entry: for a question that was not asked yet, and for how an answer is shown. */
  change: (next: Exploration, options: { keepHistory: boolean }) => void;
}

/** The address is the only place where the exploration lives. */
export function useExploration(onTravel: (exploration: Exploration) => void): ExplorationInAddress {
  const search = useSearch({ from: '/signed-in/explore/$model/$topic' });
  const navigate = useNavigate({ from: '/explore/$model/$topic' });
  const exploration = useMemo(() => readExploration({ ...search }), [search]);
  useHistoryTravel(exploration, onTravel);

  return {
    exploration,
    change: (next, { keepHistory }) =>
      void navigate({ search: writeExploration(next), replace: keepHistory, resetScroll: false }),
  };
}

/** Calls back when the reader went back or forward to another exploration. */
function useHistoryTravel(exploration: Exploration, onTravel: (exploration: Exploration) => void): void {
  const { history } = useRouter();
  const travelled = useRef(false);
  useEffect(
    () =>
      history.subscribe(({ action }) => {
        travelled.current = action.type === 'BACK' || action.type === 'FORWARD' || action.type === 'GO';
      }),
    [history],
  );
  useEffect(() => {
    if (!travelled.current) return;
    travelled.current = false;
    onTravel(exploration);
  }, [exploration, onTravel]);
}
