import { defineConfig } from 'vitest/config';

const screens = process.env.TESSERA_SCREENS === '1';

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: screens
    ? { include: ['e2e/**/*.e2e.ts'], fileParallelism: false, testTimeout: 60_000, hookTimeout: 60_000 }
    : { include: ['src/**/*.test.{ts,tsx}'], environment: 'happy-dom' },
});
