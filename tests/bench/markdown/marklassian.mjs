// The corpus through marklassian. Called by `cargo xtask bench adf_markdown`.

import { markdownToAdf } from 'marklassian';
import { measure } from './measure.mjs';

measure((markdown) => JSON.stringify(markdownToAdf(markdown)));
