import { expectTypeOf, test } from 'vitest';
import type { components } from './schema';
import type * as ours from './types';

type Described = components['schemas'];

/** The types of types.ts say more than the description can, but of the same keys. Checked by the compiler. */
test('each shape has the keys that the API describes', () => {
  expectTypeOf<keyof ours.Verdict>().toEqualTypeOf<keyof Described['Verdict']>();
  expectTypeOf<keyof ours.Problem>().toEqualTypeOf<keyof Described['Problem']>();
  expectTypeOf<keyof ours.Whoami>().toEqualTypeOf<keyof Described['Whoami']>();
  expectTypeOf<keyof ours.AttributeValue>().toEqualTypeOf<keyof Described['Attribute']>();
  expectTypeOf<keyof ours.Model>().toEqualTypeOf<keyof Described['Model']>();
  expectTypeOf<keyof ours.Model['can']>().toEqualTypeOf<keyof Described['ModelCan']>();
  expectTypeOf<keyof ours.TopicSummary>().toEqualTypeOf<keyof Described['TopicEntry']>();
  expectTypeOf<keyof ours.Topic>().toEqualTypeOf<keyof Described['Topic']>();
  expectTypeOf<keyof ours.View>().toEqualTypeOf<keyof Described['View']>();
  expectTypeOf<keyof ours.Field>().toEqualTypeOf<keyof Described['Field']>();
  expectTypeOf<keyof ours.Column>().toEqualTypeOf<keyof Described['Column']>();
  expectTypeOf<keyof ours.Rule>().toEqualTypeOf<keyof Described['Rule']>();
  expectTypeOf<keyof ours.QueryState>().toEqualTypeOf<keyof Described['QueryState']>();
  expectTypeOf<ours.QueryState['state']>().toEqualTypeOf<Described['RunState']>();
  expectTypeOf<keyof ours.Suggestions>().toEqualTypeOf<keyof Described['Suggestions']>();
  expectTypeOf<keyof ours.Explanation>().toEqualTypeOf<keyof Described['Explanation']>();
  expectTypeOf<ours.Explanation['decision']>().toEqualTypeOf<Described['Decision']>();
});
