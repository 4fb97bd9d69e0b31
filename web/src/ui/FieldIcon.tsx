import { Calendar, Clock, Hash, ToggleLeft, Type } from 'lucide-react';
import type { FieldKind, FieldType } from '@/api/types';
import classes from './FieldIcon.module.css';

const ICONS = { string: Type, number: Hash, boolean: ToggleLeft, date: Calendar, timestamp: Clock };

/** The type by its shape, the kind by its colour; what carries the icon says the type in its description. */
export function FieldIcon({ type, kind }: { type: FieldType; kind: FieldKind }) {
  const Icon = ICONS[type];
  return <Icon size={14} className={classes.icon} data-kind={kind} aria-hidden />;
}
