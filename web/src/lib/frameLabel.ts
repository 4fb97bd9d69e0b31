import { messages } from './messages';
import { t } from './text';

/** A frame that the catalogue does not know is shown by its name. */
export function frameLabel(frame: string): string {
  const key = `frame.${frame}`;
  return isMessage(key) ? t(key) : frame.replaceAll('_', ' ');
}

type FrameKey = Extract<keyof typeof messages, `frame.${string}`>;

function isMessage(key: string): key is FrameKey {
  return key in messages;
}
