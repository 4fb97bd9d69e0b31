import { locale } from '@/lib/locale';

/** A day and a time in the browser's own zone. */
export function momentInWords(moment: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(moment);
}
