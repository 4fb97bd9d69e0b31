import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';

const SERVER = process.env.TESSERA_URL ?? 'http://127.0.0.1:8080';
const SHOTS = join(import.meta.dirname, 'shots');
const LAUNCH = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export type Scheme = 'light' | 'dark';

interface VisitOptions {
  scheme?: Scheme;
  /** Called before the first page is loaded, for what has to be in place by then. */
  prepare?: (page: Page) => Promise<void>;
}

interface Visits {
  /** Signs in as a person of the demonstration (or as nobody) and opens an address. */
  visit: (person: string | null, address: string, options?: VisitOptions) => Promise<Page>;
}

/**
 * A browser for the tests of one file. INVARIANT: after every test, no page it opened broke the content security policy or
 * threw an error.
 */
export function browserForTests(): Visits {
  let browser: Browser;
  let contexts: BrowserContext[] = [];
  let errors: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: LAUNCH });
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await Promise.all(contexts.map((context) => context.close()));
    const seen = errors;
    contexts = [];
    errors = [];
    expect(seen).toEqual([]);
  });

  return {
    async visit(person, address, { scheme = 'light', prepare } = {}) {
      const context = await browser.newContext({
        baseURL: SERVER,
        colorScheme: scheme,
        viewport: { width: 1440, height: 900 },
        locale: 'en-US',
        reducedMotion: 'reduce',
      });
      contexts.push(context);
      await context.exposeFunction('reportViolation', (violation: string) => errors.push(violation));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', (event) => {
          const report: unknown = Reflect.get(window, 'reportViolation');
          if (typeof report === 'function')
            report(`${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile} ${event.sample}`);
        });
      });
      if (person !== null) await signIn(context, person);
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      page.on('pageerror', (error) => errors.push(String(error)));
      await prepare?.(page);
      await page.goto(address);
      return page;
    },
  };
}

async function signIn(context: BrowserContext, person: string): Promise<void> {
  const answer = await context.request.post('/demo/sign-in', {
    data: { person },
    headers: { origin: SERVER },
  });
  expect(answer.status()).toBe(204);
}

export async function shot(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/** Waits until an answer is shown, and gives the texts of its first column. */
export async function firstColumn(page: Page): Promise<string[]> {
  const cells = page.locator('[role=gridcell][data-column="0"]');
  await cells.first().waitFor();
  return cells.allInnerTexts();
}
