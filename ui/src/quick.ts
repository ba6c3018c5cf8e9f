// Starts the window of Quick send. It is kept hidden, so that it only has to be shown when it is wanted.

import { mount } from 'svelte';
import Window from './Quick.svelte';
import { backend } from './ipc/call';
import { Quick } from './state/quick.svelte';

const quick = new Quick(await backend());
const target = document.getElementById('app');
if (!target) throw new Error('quick.html has no element #app');
mount(Window, { target, props: { quick } });
await quick.start();
document.documentElement.dataset.ready = 'true';
