import { Kbd } from '@mantine/core';
import { keySigns } from '@/lib/shortcuts';
import classes from './Keys.module.css';

export function Keys({ keys }: { keys: string }) {
  return (
    <span className={classes.keys}>
      {keySigns(keys).map((sign) => (
        <Kbd key={sign} size="xs" className={classes.key}>
          {sign}
        </Kbd>
      ))}
    </span>
  );
}
