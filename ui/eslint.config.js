import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const tauri = { group: ['@tauri-apps/*'], message: 'Only ipc/call.ts speaks to Tauri.' };
const upwards = (tiers, message) => ({ regex: `^(\\.\\.?/)+(${tiers})(/|$)`, message });
const tier = (files, ...patterns) => ({
  files,
  ignores: ['**/*.test.ts', '**/*.testing.ts'],
  rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [tauri, ...patterns] }] },
});

export default ts.config(
  { ignores: ['dist', 'node_modules', 'src/ipc/bindings.ts'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: globals.browser } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    // With types. What components hand to functions is for svelte-check: their types would have to be made for each run.
    files: ['src/**/*.ts'],
    ignores: ['**/*.test.ts', '**/*.testing.ts', 'src/testing.ts'],
    extends: [...ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true, allowArray: true }],
      // `() => work()` is how something is handed on.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // The editor's library types the attributes of its nodes as `any`.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      // It does not see what an event changes while something is awaited, nor that the DOM may have nothing.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // What implements an interface may have its answer at once.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    // The types that these two rules ask for are made of the components' scripts alone.
    files: ['src/**/*.svelte'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
    },
  },
  {
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'svelte/no-at-html-tags': 'error',
      'svelte/no-inline-styles': 'error',
      // At the edge of a block, a space survives only as an expression.
      'svelte/no-useless-mustaches': 'off',
    },
  },
  tier(['src/App.svelte', 'src/Quick.svelte', 'src/main.ts', 'src/quick.ts', 'src/screens/**', 'src/words/**']),
  // A part may name the shape of what it shows, never where that comes from.
  tier(
    ['src/parts/**'],
    { ...upwards('ipc', 'Parts take props and callbacks.'), allowTypeImports: true },
    upwards('state|screens', 'Parts take props and callbacks.'),
  ),
  tier(['src/state/**'], upwards('screens|parts', 'State has no markup.')),
  tier(['src/ipc/**'], upwards('state|screens|parts', 'The wire knows nobody above it.')),
  tier(
    ['src/screens/**'],
    { ...upwards('ipc', 'Screens ask the state.'), allowTypeImports: true },
  ),
  {
    files: ['src/ipc/call.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
);
