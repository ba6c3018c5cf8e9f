// The corpus through Atlassian's own converter, by the schema that is its default. Called by
// `cargo xtask bench adf_markdown`.

import { createRequire } from 'node:module';
import { measure } from './measure.mjs';

// Its modules for `import` leave out the endings of file names, so that only bundlers can read them.
const require = createRequire(import.meta.url);
const { defaultSchema } = require('@atlaskit/adf-schema/schema-default');
const { MarkdownTransformer } = require('@atlaskit/editor-markdown-transformer');

const transformer = new MarkdownTransformer(defaultSchema);
measure((markdown) => JSON.stringify({ version: 1, ...transformer.parse(markdown).toJSON() }));
