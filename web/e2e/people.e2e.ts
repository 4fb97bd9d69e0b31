import { expect, test } from 'vitest';
import { browserForTests, firstColumn, shot } from './browser';
import { explore, field, hidden, label, MODEL, regionsOf, revenueByRegion, TOPIC, TOPIC_LABEL } from './demo';

const { visit } = browserForTests();

test.each(Object.entries(regionsOf))(
  '%s asks for revenue by region and sees the own regions',
  async (person, regions) => {
    const page = await visit(person, revenueByRegion);
    expect((await firstColumn(page)).sort()).toEqual([...regions]);
    await shot(page, `revenue-by-region-${person}`);
  },
);

test('the reasons name the rule and where it comes from', async () => {
  const page = await visit('quinn', revenueByRegion);
  await firstColumn(page);
  await page.getByRole('button', { name: 'Why these rows?' }).click();
  const why = page.getByRole('complementary', { name: 'Why these rows?' });
  await why.getByText('Allowed, with limits').waitFor();
  expect(await why.textContent()).toContain('EUROPE');
  await shot(page, 'why-quinn');
});

test('an administrator is limited by nothing', async () => {
  const page = await visit('ada', `${revenueByRegion}&panel=why`);
  await page.getByText('No rule limits the rows.').waitFor();
});

test('rita sees that a field is masked for her, and nothing of a hidden one', async () => {
  const page = await visit('rita', explore({ fields: `${field.customer},${field.phone}`, limit: '100' }));
  await firstColumn(page);
  const fields = page.getByRole('region', { name: 'Fields' });
  const search = fields.getByRole('searchbox');
  await search.fill(label.phone);
  await fields.getByRole('img', { name: 'Masked for you' }).waitFor();
  await search.fill('balance');
  await fields.locator(`[data-key="${hidden.suppliers}"]`).waitFor();
  expect(await fields.locator(`[data-key="${hidden.customers}"]`).count()).toBe(0);
  await shot(page, 'masked-rita');
});

test('quinn sees the same fields open', async () => {
  const page = await visit('quinn', explore());
  const fields = page.getByRole('region', { name: 'Fields' });
  await fields.getByRole('searchbox').fill('balance');
  await fields.locator(`[data-key="${hidden.customers}"]`).waitFor();
  await fields.getByRole('searchbox').fill(label.phone);
  await fields.locator(`[data-key="${field.phone}"]`).waitFor();
  expect(await fields.getByRole('img', { name: 'Masked for you' }).count()).toBe(0);
});

test('SQL is for those who may read it, with what the rules added marked', async () => {
  const page = await visit('quinn', `${revenueByRegion}&panel=sql`);
  await page.getByRole('textbox', { name: 'The SQL that runs for you' }).waitFor();
  await page.getByRole('heading', { name: 'Added by rules' }).waitFor();
  await shot(page, 'sql-quinn');

  const restricted = await visit('rita', `${revenueByRegion}&panel=sql`);
  await restricted.getByRole('complementary', { name: 'Why these rows?' }).waitFor();
  expect(await restricted.getByText('SQL', { exact: true }).count()).toBe(0);
});

test('a viewer is told what asking would need', async () => {
  const page = await visit('vic', '/');
  await page.getByText('Asking questions here is closed to you').waitFor();
  expect(await page.getByRole('main').textContent()).toContain('query_topics');
  await shot(page, 'home-vic');
  await page.goto(revenueByRegion);
  await page.getByRole('main').getByText('query_topics').first().waitFor();
});

test('a person without a role sees nothing, and is told so calmly', async () => {
  const page = await visit('nora', '/');
  await page.getByText('There is no data for you here yet').waitFor();
  await shot(page, 'home-nora');
});

test('what one may not know looks like what does not exist', async () => {
  const page = await visit('nora', `/explore/${MODEL}/${TOPIC}`);
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  const hidden = await page.getByRole('main').textContent();
  await page.goto('/explore/no_such_model/no_such_topic');
  await page.getByRole('heading', { name: 'Nothing here' }).waitFor();
  expect(await page.getByRole('main').textContent()).toBe(hidden);
});

test('signing out and in as somebody else leaves nothing of the first person', async () => {
  const page = await visit('ada', revenueByRegion);
  expect((await firstColumn(page)).length).toBe(regionsOf.ada.length);
  await page.getByRole('button', { name: 'Ada', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: /^Quinn/ }).click();
  await page.getByRole('link', { name: TOPIC_LABEL, exact: true }).first().click();
  await page.goto(revenueByRegion);
  expect(await firstColumn(page)).toEqual([...regionsOf.quinn]);
});

test('a session that ended brings one back to the same question', async () => {
  const page = await visit(null, revenueByRegion);
  await shot(page, 'sign-in');
  await page.getByRole('button', { name: /^Quinn/ }).click();
  expect(await firstColumn(page)).toEqual([...regionsOf.quinn]);
  expect(new URL(page.url()).searchParams.get('fields')).toBe(`${field.region},${field.revenue}`);
});
