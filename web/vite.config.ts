import { defineConfig } from 'vite'

import { precompress } from './build-plugins/precompress.js'
import { thirdPartyLicences } from './build-plugins/third-party-licences.js'

/** Where `npm run dev:web` finds the API; `npm run build:web` needs none. */
const API_FOR_DEVELOPMENT = process.env['API_URL'] ?? 'http://127.0.0.1:3000'

export default defineConfig({
  root: import.meta.dirname,
  esbuild: { jsx: 'automatic' },
  plugins: [thirdPartyLicences(), precompress()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Monaco alone is larger than the default; it is loaded after the first paint.
    chunkSizeWarningLimit: 4000,
    // Inlined fonts and images would be data: addresses; files keep the policy simple and are cached.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  worker: { format: 'es' },
  server: {
    host: '127.0.0.1',
    port: 5173,
    proxy: {
      '/api': { target: API_FOR_DEVELOPMENT, ws: true },
      '/health': API_FOR_DEVELOPMENT,
      '/openapi.json': API_FOR_DEVELOPMENT,
    },
  },
})
