// What the editor makes, against the official schema. It is fetched by `cargo xtask` and not part of the repository.

import { Validator, type Schema } from '@cfworker/json-schema';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toAdf } from './adf';
import { forComment } from './comments';
import { editorDocuments } from './random.testing';

const [official] = Object.values(import.meta.glob<Schema>('../../../../target/adf-schema/full.json', { eager: true, import: 'default' }));

describe.skipIf(!official)('the official schema', () => {
  it('takes any document that the editor can hold, and the comment that is made of it', () => {
    const validator = new Validator(official as Schema, '4');
    expect(validator.validate({ type: 'doc', version: 1, content: [{ type: 'heading' }] }).valid, 'it can refuse').toBe(false);
    fc.assert(
      fc.property(editorDocuments, (doc) => {
        for (const one of [doc, forComment(doc)]) {
          const { valid, errors } = validator.validate(toAdf(one));
          if (!valid) throw new Error(`${one}: ${JSON.stringify(errors.slice(-3))}`);
        }
      }),
      { numRuns: 1_000 },
    );
  }, 300_000);
});
