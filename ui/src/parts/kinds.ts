// The signs of the kinds of items.

import type { ItemView } from '../ipc/bindings';
import type { IconName } from './Icon.svelte';

export function kindIcon({ kind, done }: Pick<ItemView, 'kind' | 'done'>): IconName {
  if (kind === 'insight') return 'insight';
  if (kind === 'decision') return 'check';
  if (kind === 'next_step') return 'arrow';
  return done ? 'done' : 'box';
}
