import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';

/** The pages, one for each window, and the module that each starts with. */
const pages: Record<string, string> = { index: '/src/main.ts', quick: '/src/quick.ts' };

interface Modules {
  getModuleInfo(id: string): { importers: readonly string[]; dynamicImporters: readonly string[] } | null;
}

/** The pages that need a module, at first or later. */
function pagesOf(id: string, modules: Modules): string {
  const seen = new Set([id]);
  for (const one of seen) {
    const info = modules.getModuleInfo(one);
    for (const importer of [...(info?.importers ?? []), ...(info?.dynamicImporters ?? [])]) seen.add(importer);
  }
  return Object.keys(pages).filter((page) => [...seen].some((one) => one.endsWith(`/${page}.html`))).join('-');
}

/** Fails the build if a page would ever load what starts another one: both would run in one window. */
const apart: Plugin = {
  name: 'pages-apart',
  generateBundle(_, bundle) {
    for (const [page, start] of Object.entries(pages)) {
      const seen = new Set(Object.values(bundle).filter((one) => one.type === 'chunk' && one.isEntry && one.name === page).map((one) => one.fileName));
      for (const file of seen) {
        const chunk = bundle[file];
        if (chunk?.type !== 'chunk') continue;
        const foreign = Object.keys(chunk.modules).find((id) => Object.values(pages).some((other) => other !== start && id.endsWith(other)));
        if (foreign) this.error(`${page}.html loads ${foreign}, by way of ${file}`);
        for (const next of [...chunk.imports, ...chunk.dynamicImports]) seen.add(next);
      }
      if (!seen.size) this.error(`${page}.html has no entry`);
    }
  },
};

export default defineConfig({
  plugins: [svelte(), svelteTesting(), apart],
  clearScreen: false,
  server: { port: 1420, strictPort: true },
  build: {
    // The oldest engine that the app meets is the WebKit of the supported desktops.
    target: ['safari16.4', 'es2022'],
    // A data: address would need a wider content security policy.
    assetsInlineLimit: 0,
    // The polyfill is an inline script, which the content security policy refuses.
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: Object.keys(pages).map((page) => `${page}.html`),
      output: {
        // What the first view of a window needs comes in two pieces: its own, and what the other window needs as well.
        // Each screen beyond it comes when it is opened.
        codeSplitting: {
          // Else a piece takes along what it depends on, and the other window loads all of it for that.
          includeDependenciesRecursively: false,
          groups: [{ name: (id, modules) => `first-${pagesOf(id, modules)}`, debugName: 'first', tags: ['$initial'] }],
        },
      },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing.ts'],
    restoreMocks: true,
    // The first look at a screen compiles it.
    testTimeout: 20_000,
  },
});
