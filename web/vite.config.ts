import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const server = process.env.TESSERA_URL ?? 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react()],
  resolve: { tsconfigPaths: true },
  build: {
    // The content security policy has no `data:` for fonts, so assets are never inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // A chart or an editor is a lazy chunk with a budget of its own: `npm run size`.
    chunkSizeWarningLimit: 1200,
  },
  server: { proxy: { '/api': server, '/demo': server } },
});
