// Measures one converter in a process of its own, as `adf_bench` of the core does: reads the corpus, converts it
// several times, and prints one JSON line, `bytes` of the corpus and `seconds` of the best run. The first runs also
// warm the engine up. Refuses to know any converter; the programs beside it hand theirs in.
//
// Called as `node PROGRAM FILE RUNS` by `cargo xtask bench adf_markdown`.

import { readFileSync } from 'node:fs';
import { argv, exit } from 'node:process';

/** `convert` makes the JSON text of an ADF document of a Markdown text. */
export function measure(convert) {
  const [file, runs] = [argv[2], Number(argv[3])];
  if (file === undefined || !(runs > 0)) {
    console.error('Say what to do: node PROGRAM FILE RUNS');
    exit(2);
  }
  const bytes = readFileSync(file);
  const markdown = bytes.toString('utf8');
  let best = Infinity;
  for (let run = 0; run < runs; run += 1) {
    const start = performance.now();
    const json = convert(markdown);
    best = Math.min(best, performance.now() - start);
    // A converter that gives up early would be the fastest.
    if (json.length < markdown.length) throw new Error(`only ${json.length} characters came out`);
  }
  console.log(JSON.stringify({ bytes: bytes.length, seconds: best / 1000 }));
}
