import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const STANDARD = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Injected through the developer tools protocol, which the content security policy does not concern. */
export async function expectAccessible(page: Page): Promise<void> {
  const tools = await page.context().newCDPSession(page);
  await tools.send('Runtime.evaluate', { expression: source });
  const run = `axe.run(document, ${JSON.stringify({ runOnly: STANDARD })}).then((found) => found.violations)`;
  const { result } = await tools.send('Runtime.evaluate', {
    expression: run,
    awaitPromise: true,
    returnByValue: true,
  });
  await tools.detach();
  const violations = result.value as Violation[];
  expect(
    violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`)),
  ).toEqual([]);
}
