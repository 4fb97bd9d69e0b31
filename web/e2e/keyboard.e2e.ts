import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserForTests, firstColumn, shot } from './browser';
import { explore, field, label, revenueByRegion, TOPIC_LABEL } from './demo';

const { visit } = browserForTests();

const focused = (page: Page) =>
  page.evaluate(() => {
    const { row, column } = (document.activeElement as HTMLElement).dataset;
    return { row: Number(row), column: Number(column) };
  });

test('a question is asked with the keyboard alone', async () => {
  const page = await visit('quinn', explore());
  await page.getByText('Pick a field to start').waitFor();

  await page.keyboard.press('/');
  await page.keyboard.type(label.shipMode.toLowerCase());
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('/');
  await page.keyboard.type('turnover');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+Enter');

  expect((await firstColumn(page)).length).toBeGreaterThan(1);
  expect(new URL(page.url()).searchParams.get('fields')).toBe(`${field.shipMode},${field.revenue}`);
});

test('the time frames of a field open with the right arrow', async () => {
  const page = await visit('quinn', explore());
  const fields = page.getByRole('region', { name: 'Fields' });
  await fields.waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type('ordered at');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await fields.getByRole('button', { name: 'Quarter' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await fields.getByRole('button', { name: 'Date', exact: true, pressed: true }).waitFor();
});

test('F filters by the field with the focus', async () => {
  const page = await visit('quinn', explore());
  await page.getByRole('region', { name: 'Fields' }).waitFor();
  await page.keyboard.press('/');
  await page.keyboard.type(label.shipMode.toLowerCase());
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('f');
  const values = page.getByRole('combobox', { name: 'Values' });
  await values.fill('air');
  await page.getByRole('button', { name: 'AIR', exact: true }).waitFor();
  await values.press('Enter');
  await page.getByRole('button', { name: 'AIR', exact: true, pressed: true }).waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByRole('button', { name: `Edit filter: ${label.shipMode} is AIR` }).waitFor();
});

test('the results are one tab stop, and arrows walk the cells', async () => {
  const page = await visit('ada', revenueByRegion);
  await firstColumn(page);
  expect(await page.locator('[role=grid] [tabindex="0"]').count()).toBe(1);

  await page.getByRole('columnheader', { name: label.region }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  expect(await focused(page)).toEqual({ row: 0, column: 1 });
  await page.keyboard.press('Control+End');
  expect(await focused(page)).toEqual({ row: 4, column: 1 });
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowUp');
  expect(await page.locator('[role=gridcell][aria-selected=true]').count()).toBe(2);
  await shot(page, 'grid-selection');
});

test('selected cells are copied as they are', async () => {
  const page = await visit('quinn', revenueByRegion);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await firstColumn(page);
  await page.getByRole('gridcell', { name: 'EUROPE' }).click();
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Control+c');
  await page.getByText('Copied 2 cells').waitFor({ state: 'attached' });
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/^EUROPE\t\d+\.\d+$/);
});

test('a long result keeps the focused row while it scrolls away', async () => {
  const page = await visit(
    'ada',
    explore({ fields: `${field.customer},${field.revenue}`, limit: '1000', show: 'table' }),
  );
  await firstColumn(page);
  await page.getByRole('columnheader').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.mouse.move(900, 500);
  await page.mouse.wheel(0, 8000);
  await page.locator('[role=gridcell][data-row="310"]').first().waitFor();
  expect(await focused(page)).toEqual({ row: 0, column: 0 });
  await page.keyboard.press('Control+ArrowDown');
  const { row } = await focused(page);
  expect(row).toBe(Number(await page.getByRole('grid').getAttribute('aria-rowcount')) - 2);
});

test('enter sorts on a header, and the menu opens with a key', async () => {
  const page = await visit('ada', revenueByRegion);
  await firstColumn(page);
  const region = page.getByRole('columnheader', { name: label.region });
  await region.focus();
  await page.keyboard.press('Enter');
  await page.locator('[role=columnheader][aria-sort=ascending]').waitFor();
  expect(new URL(page.url()).searchParams.get('sort')).toBe(field.region);
  await page.locator('section[aria-busy=false]').waitFor();
  expect(await region.evaluate((header) => header === document.activeElement)).toBe(true);
  await page.keyboard.press('Alt+ArrowDown');
  await page.getByRole('menuitem', { name: 'Sort descending' }).click();
  await page.locator('[role=columnheader][aria-sort=descending]').waitFor();
  await expect.poll(async () => (await firstColumn(page))[0]).toBe('MIDDLE EAST');
});

test('a new screen takes the focus to its title', async () => {
  const page = await visit('quinn', '/');
  await page.getByRole('link', { name: TOPIC_LABEL, exact: true }).first().click();
  await page.getByRole('region', { name: 'Fields' }).waitFor();
  const title = page.getByRole('heading', { level: 1 });
  expect(await title.textContent()).toBe(TOPIC_LABEL);
  expect(await title.evaluate((heading) => heading === document.activeElement)).toBe(true);
  expect(await page.title()).toContain(TOPIC_LABEL);
});
