// The corpus through subsrt-ts. Called as `node subsrt.mjs FILE RUNS` by `cargo xtask bench vtt_import`; prints one JSON
// line as `vtt_bench` of the core does: `bytes` of the corpus, `seconds` of the best run, and how many `cues` there were.

import { readFileSync } from 'node:fs';
import { argv, exit } from 'node:process';
import { parse } from 'subsrt-ts';

const [file, runs] = [argv[2], Number(argv[3])];
if (file === undefined || !(runs > 0)) {
  console.error('Say what to do: node subsrt.mjs FILE RUNS');
  exit(2);
}
const bytes = readFileSync(file);
let [best, cues] = [Infinity, 0];
for (let run = 0; run < runs; run += 1) {
  const start = performance.now();
  const captions = parse(bytes.toString('utf8'), { format: 'vtt' });
  best = Math.min(best, performance.now() - start);
  cues = captions.filter(({ type }) => type === 'caption').length;
}
console.log(JSON.stringify({ bytes: bytes.length, seconds: best / 1000, cues }));
