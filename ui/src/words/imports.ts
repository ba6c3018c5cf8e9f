// What an import brought, in words.

import type { ImportReport } from '../ipc/bindings';
import { count } from './deliveries';

/** A part for each thing that there is to say; none where nothing came in. */
export function cameIn({ added, updated, unchanged, left_out }: ImportReport): string[] {
  return [
    added.length && `${count(added.length, 'meeting')} added`,
    updated.length && `${updated.length} updated`,
    unchanged.length && `${unchanged.length} already there`,
    left_out && `${count(left_out, 'file')} left out`,
  ].filter((part) => typeof part === 'string');
}
