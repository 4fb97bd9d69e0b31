import { describe, expect, test } from 'vitest';
import { expectAccessible } from './axe';
import { browserForTests, type Scheme, shot } from './browser';

const { visit } = browserForTests();
const schemes: Scheme[] = ['light', 'dark'];

describe.each(schemes)('in the %s theme', (scheme) => {
  test('an operator enters where they are let in, is reminded of it, and leaves', async () => {
    const page = await visit(null, '/sign-in', { scheme });
    await page.getByRole('button', { name: /^Sam/ }).click();
    await page.getByRole('heading', { name: 'Support' }).waitFor();
    await page.getByRole('button', { name: 'Enter Acme Parts' }).waitFor();
    expect(await page.getByText('Globex').count()).toBe(0);
    await expectAccessible(page);
    await shot(page, `support-${scheme}`);

    await page.getByRole('button', { name: 'Enter Acme Parts' }).click();
    const banner = page.getByRole('complementary', { name: 'Support access' });
    await banner.waitFor();
    await page.getByRole('main').getByText('query_topics').first().waitFor();
    await expectAccessible(page);
    await shot(page, `support-inside-${scheme}`);

    await banner.getByRole('button', { name: 'Leave' }).click();
    await page.getByRole('button', { name: 'Enter Acme Parts' }).waitFor();
    await page.goto('/');
    await page.getByRole('heading', { name: 'Tessera Demo' }).waitFor();
  });
});
