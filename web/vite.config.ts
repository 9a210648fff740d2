import { defineConfig } from 'vite';

// The bundle is committed and built again by a test: nothing in it may depend on the machine or the hour.
export default defineConfig({
    esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
    worker: { format: 'es' },
    build: {
        target: 'es2022',
        assetsInlineLimit: 0,
        modulePreload: { polyfill: false },
        reportCompressedSize: false,
        chunkSizeWarningLimit: 1500,
    },
});
