import { Button } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import type { Topic } from '@/api/types';
import type { Exploration } from '@/lib/exploration/exploration';
import { findField } from '@/lib/exploration/fieldNames';
import { t, tCount } from '@/lib/text';
import classes from './Explore.module.css';

interface UnknownFieldsProps {
  topic: Topic;
  exploration: Exploration;
  onRemove: (next: Exploration) => void;
}

/** An address may name fields that the model lost, or that its reader may not see: the two look alike. */
export function UnknownFields({ topic, exploration, onRemove }: UnknownFieldsProps) {
  const known = exploration.fields.filter((name) => findField(topic, name) !== null);
  const lost = exploration.fields.length - known.length;
  if (lost === 0) return null;
  return (
    <div className={classes.unknown} role="status">
      <TriangleAlert size={16} aria-hidden />
      <span>{tCount('explore.columnsRemoved', lost)}</span>
      <Button variant="default" onClick={() => onRemove({ ...exploration, fields: known })}>
        {t('explore.removeThem')}
      </Button>
    </div>
  );
}
