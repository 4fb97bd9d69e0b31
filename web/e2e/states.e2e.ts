import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { browserForTests, firstColumn, shot } from './browser';
import { explore, field, revenueByMonth, revenueByRegion } from './demo';

const { visit } = browserForTests();
const QUERIES = '**/api/v1/queries';

/** Holds questions back for as long as the page lives, as a warehouse that takes its time. */
async function holdQueries(page: Page): Promise<void> {
  await page.route(QUERIES, () => new Promise<void>(() => {}));
}

test('a running query is cancelled in the browser and at the server', async () => {
  const page = await visit('quinn', revenueByRegion);
  await firstColumn(page);
  await holdQueries(page);
  const asked = page.waitForRequest(
    (request) => request.url().endsWith('/queries') && request.method() === 'POST',
  );
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  const queryId = (await asked).headers()['query-id'];
  const stopped = page.waitForRequest((request) => request.method() === 'DELETE');
  await page.getByRole('button', { name: /^Cancel/ }).waitFor();
  await page.getByText(/^2\.\d s$/).waitFor();
  await shot(page, 'running');
  await page.keyboard.press('Escape');

  expect((await stopped).url()).toContain(`/queries/${queryId}`);
  await page.getByText(/^Cancelled after \d+\.\d s$/).waitFor();
  expect((await firstColumn(page)).length).toBe(1);
  await shot(page, 'cancelled');
  await page.unroute(QUERIES);
  await page.getByRole('button', { name: 'Run again' }).click();
  await page.getByText(/^Cancelled/).waitFor({ state: 'detached' });
});

test('leaving the screen stops the query', async () => {
  const page = await visit('quinn', '/', { prepare: holdQueries });
  const asked = page.waitForRequest(
    (request) => request.url().endsWith('/queries') && request.method() === 'POST',
  );
  await page.getByRole('heading', { name: 'Start with a question' }).waitFor();
  await page.getByRole('main').getByRole('link').first().click();
  const queryId = (await asked).headers()['query-id'];
  const stopped = page.waitForRequest((request) => request.method() === 'DELETE');
  await page.getByRole('link', { name: 'Home' }).click();
  expect((await stopped).url()).toContain(`/queries/${queryId}`);
});

test('an answer that broke off is never a shorter table', async () => {
  const page = await visit('quinn', revenueByMonth, {
    prepare: async (opened) => {
      await opened.route(QUERIES, async (route) => {
        const answer = await route.fetch();
        const body = await answer.body();
        await route.fulfill({ response: answer, body: body.subarray(0, body.length - 8) });
      });
    },
  });
  await page.getByRole('heading', { name: 'The answer broke off' }).waitFor();
  await page.getByText('Query id').waitFor();
  expect(await page.getByRole('grid').count()).toBe(0);
  await shot(page, 'incomplete');
});

test('a failure keeps the last good answer below', async () => {
  const page = await visit('quinn', revenueByRegion);
  await firstColumn(page);
  await page.route(QUERIES, (route) => route.abort());
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await page.getByRole('heading', { name: 'The server cannot be reached' }).waitFor();
  expect((await firstColumn(page)).length).toBe(1);
  await shot(page, 'failed');
});

test('an unknown field is a problem in words, and can be removed', async () => {
  const page = await visit('quinn', explore({ fields: `${field.region},orders.colour,${field.revenue}` }));
  await page.getByRole('alert').waitFor();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await page.keyboard.press('Control+Enter');
  await firstColumn(page);
});

test('filters that match nothing can be cleared', async () => {
  const page = await visit(
    'quinn',
    explore({ fields: `${field.region},${field.revenue}`, filter: `${field.status} is no such status` }),
  );
  await page.getByRole('heading', { name: 'No rows match' }).waitFor();
  await shot(page, 'no-rows');
  await page.getByRole('button', { name: 'Clear filters' }).click();
  expect((await firstColumn(page)).length).toBe(1);
});

test('a region that rules take away leaves no rows, and the reason is said', async () => {
  const page = await visit(
    'quinn',
    explore({ fields: `${field.region},${field.revenue}`, filter: `${field.region} is ASIA` }),
  );
  await page.getByRole('heading', { name: 'No rows match' }).waitFor();
  await page.getByText(/Your access limits this topic to/).waitFor();
});

test('a cut answer says so and offers a higher limit', async () => {
  const page = await visit('ada', explore({ fields: `${field.customer},${field.revenue}`, limit: '100' }));
  await page.getByText('First 100 of more rows').waitFor();
  await page.getByRole('button', { name: 'Raise the limit' }).click();
  await page.locator('[role=grid][aria-rowcount="1001"], [role=grid]:not([aria-rowcount="101"])').waitFor();
  expect(new URL(page.url()).searchParams.get('limit')).toBe('1000');
});

test('the whole answer comes as a file', async () => {
  const page = await visit('quinn', revenueByRegion);
  await firstColumn(page);
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download CSV' }).click();
  const file = await (await saved).path();
  expect(readFileSync(file, 'utf8')).toContain('EUROPE');
});

test('offline is said, and what is shown stays', async () => {
  const page = await visit('quinn', revenueByRegion);
  await firstColumn(page);
  await page.context().setOffline(true);
  await page.getByText(/You are offline/).waitFor();
  expect((await firstColumn(page)).length).toBe(1);
});

test('where there is no demonstration, signing in says where links come from', async () => {
  const page = await visit(null, '/', {
    prepare: async (opened) => {
      await opened.route('**/demo/people', (route) => route.fulfill({ status: 404, body: '' }));
    },
  });
  await page.getByText(/Sign-in links come from the console/).waitFor();
});
