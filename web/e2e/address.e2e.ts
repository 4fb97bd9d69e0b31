import { expect, test } from 'vitest';
import { browserForTests, firstColumn } from './browser';
import { explore, field, regionsOf, revenueByRegion } from './demo';

const { visit } = browserForTests();

test('what the address does not know is dropped, the rest is kept readable', async () => {
  const page = await visit(
    'ada',
    `${explore({ fields: `${field.region},${field.revenue}`, junk: '1', filter: 'nonsense' })}`,
  );
  await firstColumn(page);
  const { search } = new URL(page.url());
  expect(search).toContain(`fields=${field.region},${field.revenue}`);
  expect(search).not.toContain('junk');
  expect(search).not.toContain('nonsense');
});

test('filters from the address limit the answer, nested ones too', async () => {
  const plain = await visit('ada', `${revenueByRegion}&filter=${field.region}+is+ASIA,EUROPE`);
  expect((await firstColumn(plain)).sort()).toEqual(['ASIA', 'EUROPE']);

  const nested = JSON.stringify({
    any_of: [
      { field: field.region, is: ['ASIA'] },
      { field: field.region, starts_with: ['MIDDLE'] },
    ],
  });
  const page = await visit('ada', `${revenueByRegion}&filter=${encodeURIComponent(nested)}`);
  expect((await firstColumn(page)).sort()).toEqual(['ASIA', 'MIDDLE EAST']);
  await page.getByText(/^any of: Region is ASIA/).waitFor();
});

test('back leads to the question before, with its answer', async () => {
  const page = await visit('ada', revenueByRegion);
  expect((await firstColumn(page)).length).toBe(regionsOf.ada.length);
  await page.getByRole('columnheader').first().click();
  await page.locator('[role=columnheader][aria-sort=ascending]').waitFor();
  expect(new URL(page.url()).searchParams.get('sort')).toBe(field.region);
  await page.goBack();
  await page.locator('[role=columnheader][aria-sort=ascending]').waitFor({ state: 'detached' });
  expect(new URL(page.url()).searchParams.get('sort')).toBeNull();
});

test('the chart and the table can each be had alone', async () => {
  const page = await visit('ada', `${revenueByRegion}&show=chart`);
  await page.getByRole('img', { name: /Revenue by/ }).waitFor();
  expect(await page.getByRole('grid').count()).toBe(0);
  await page.keyboard.press('v');
  await firstColumn(page);
  expect(await page.getByRole('region', { name: 'Chart' }).count()).toBe(0);
  expect(new URL(page.url()).searchParams.get('show')).toBe('table');
});

test('the line between chart and table moves with the arrow keys', async () => {
  const page = await visit('ada', revenueByRegion);
  await firstColumn(page);
  const line = page.getByRole('separator', { name: 'Height of the chart' });
  const before = (await line.boundingBox())?.y ?? 0;
  await line.press('ArrowDown');
  expect((await line.boundingBox())?.y).toBeGreaterThan(before);
});
