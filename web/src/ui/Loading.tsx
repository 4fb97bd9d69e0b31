import { Skeleton } from '@mantine/core';
import { Hairline } from './Hairline';
import classes from './Loading.module.css';
import { useDelayed } from './useDelayed';

/** Nothing for a moment, then the hairline, then grey lines in the shape of a list. */
export function Loading({ lines = 6 }: { lines?: number }) {
  const slow = useDelayed(true, 1000);
  return (
    <div className={classes.loading}>
      <Hairline active />
      {slow &&
        Array.from({ length: lines }, (_, line) => `line-${line}`).map((line, index) => (
          <Skeleton key={line} height={12} width={`${85 - ((index * 17) % 40)}%`} />
        ))}
    </div>
  );
}
