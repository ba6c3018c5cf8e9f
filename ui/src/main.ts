// Starts the window: the state asks the core while the first view is put in place.

import { mount } from 'svelte';
import Window from './App.svelte';
import { backend } from './ipc/call';
import { App } from './state/app.svelte';

const app = new App(await backend());
const target = document.getElementById('app');
if (!target) throw new Error('index.html has no element #app');
target.replaceChildren();
mount(Window, { target, props: { app } });
void app.start();
