import { expect, it } from 'vitest';
import { Fake } from '../ipc/fake';
import type { ImportReport } from '../ipc/bindings';
import { App } from './app.svelte';

const report = (change: Partial<ImportReport>): ImportReport => ({ added: [], updated: [], unchanged: [], failed: [], warnings: [], ...change });

async function start() {
  const fake = new Fake();
  const app = new App(fake);
  await app.start();
  return { fake, app };
}

it('opens the meeting where exactly one was added', async () => {
  const { fake, app } = await start();
  app.navigation.go('settings');
  fake.emit('imported', report({ added: ['meeting-3'] }));
  await expect.poll(() => app.meetings.open?.id).toBe('meeting-3');
  expect(app.navigation.screen).toBe('meetings');
  expect(app.notices.list.map(({ message }) => message)).toEqual(['1 meeting added']);
});

it('says that nothing was new', async () => {
  const { fake, app } = await start();
  fake.emit('imported', report({ unchanged: ['meeting-0', 'meeting-1'] }));
  await expect.poll(() => app.notices.list.map(({ message }) => message)).toEqual(['2 already there']);
});

it('keeps what could not be read in view until it is closed', async () => {
  const { fake, app } = await start();
  const failed = [{ file: 'broken.json', place: 'line 3', reason: 'A comma is missing.' }];
  fake.emit('imported', report({ added: ['meeting-1', 'meeting-2'], failed }));
  expect(app.imports.report?.failed).toEqual(failed);
});
