import { describe, test } from 'vitest';
import { expectAccessible } from './axe';
import { browserForTests, firstColumn, type Scheme, shot } from './browser';
import { explore, field, revenueByMonth, revenueByRegion } from './demo';

const { visit } = browserForTests();
const schemes: Scheme[] = ['light', 'dark'];

describe.each(schemes)('in the %s theme', (scheme) => {
  test('signing in', async () => {
    const page = await visit(null, '/sign-in', { scheme });
    await page.getByRole('button', { name: /^Quinn/ }).waitFor();
    await expectAccessible(page);
    await shot(page, `sign-in-${scheme}`);
  });

  test('Home', async () => {
    const page = await visit('quinn', '/', { scheme });
    await page.getByRole('heading', { name: 'Start with a question' }).waitFor();
    await expectAccessible(page);
    await shot(page, `home-${scheme}`);
  });

  test('Home of a person without data', async () => {
    const page = await visit('nora', '/', { scheme });
    await page.getByText('There is no data for you here yet').waitFor();
    await expectAccessible(page);
  });

  test('Explore before the first question', async () => {
    const page = await visit('rita', explore(), { scheme });
    await page.getByText('Pick a field to start').waitFor();
    await expectAccessible(page);
    await shot(page, `explore-start-${scheme}`);
  });

  test('Explore with an answer, its chart and its reasons', async () => {
    const page = await visit('rita', `${revenueByMonth}&panel=why`, { scheme });
    await firstColumn(page);
    await page.getByRole('img', { name: /Revenue by/ }).waitFor();
    await page.getByText('What lets you ask').waitFor();
    await expectAccessible(page);
    await shot(page, `explore-why-${scheme}`);
  });

  test('Explore with SQL', async () => {
    const page = await visit('quinn', `${revenueByRegion}&panel=sql`, { scheme });
    await firstColumn(page);
    await page.getByRole('textbox', { name: 'The SQL that runs for you' }).waitFor();
    await expectAccessible(page);
    await shot(page, `explore-sql-${scheme}`);
  });

  test('a filter being written', async () => {
    const page = await visit(
      'quinn',
      explore({ fields: field.revenue, filter: `${field.region} is EUROPE` }),
      { scheme },
    );
    await firstColumn(page);
    await page.getByRole('button', { name: 'Edit filter: Region is EUROPE' }).click();
    await page.getByRole('button', { name: 'Apply' }).waitFor();
    await expectAccessible(page);
    await shot(page, `filter-${scheme}`);
  });

  test('the palette, the help and the panel about me', async () => {
    const page = await visit('quinn', '/', { scheme });
    await page.getByRole('heading', { name: 'Start with a question' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Find a topic or a command').fill('sales');
    await expectAccessible(page);
    await shot(page, `palette-${scheme}`);
    await page.keyboard.press('Escape');
    await page.getByPlaceholder('Find a topic or a command').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await page.getByText('Single-key shortcuts').waitFor();
    await expectAccessible(page);
    await shot(page, `help-${scheme}`);
    await page.keyboard.press('Escape');
    await page.getByText('Single-key shortcuts').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Quinn', exact: true }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
    await expectAccessible(page);
    await shot(page, `me-${scheme}`);
  });
});
