import { expect, it } from 'vitest';
import { Fake } from '../ipc/fake';
import type { ImportReport } from '../ipc/bindings';
import { App } from './app.svelte';

const report = (change: Partial<ImportReport>): ImportReport => ({ added: [], updated: [], unchanged: [], failed: [], warnings: [], left_out: 0, ...change });

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

it('shows how far a long import is, and stops it', async () => {
  const { fake, app } = await start();
  fake.emit('importing', { done: 12, total: 300 });
  fake.emit('importing', { done: 13, total: 300 });
  expect(app.notices.list.map(({ message }) => message)).toEqual(['Importing files: 13 of 300']);
  app.notices.list[0]?.actions?.find(({ label }) => label === 'Cancel')?.run();
  expect(fake.calls.some(({ name }) => name === 'cancel_import')).toBe(true);
  fake.emit('importing', null);
  fake.emit('imported', report({ added: ['meeting-1', 'meeting-2'], left_out: 287 }));
  await expect.poll(() => app.notices.list.map(({ message }) => message)).toEqual(['2 meetings added, 287 files left out']);
});

it('keeps what could not be read in view until it is closed', async () => {
  const { fake, app } = await start();
  const failed = [{ file: 'broken.json', place: 'line 3', reason: 'A comma is missing.' }];
  fake.emit('imported', report({ added: ['meeting-1', 'meeting-2'], failed }));
  expect(app.imports.report?.failed).toEqual(failed);
});

it('brings in what was pasted, and closes the dialog', async () => {
  const { fake, app } = await start();
  app.imports.pasting = true;
  await app.imports.paste('## Decisions\n- a');
  expect(fake.calls.find(({ name }) => name === 'import_text')?.request).toEqual({ text: '## Decisions\n- a' });
  expect(app.imports.pasting).toBe(false);
  expect(app.notices.list.map(({ message }) => message)).toEqual(['1 meeting added']);
  await app.imports.paste('hello');
  expect(app.imports.report?.failed[0]?.file, 'what is no meeting is said').toBe('Pasted meeting');
});

it('shows the watched folder, and that it is gone', async () => {
  const { fake, app } = await start();
  await app.imports.watchFolder();
  expect(app.session.status?.watched?.folder).toBe('/home/ada/Meetings');
  fake.emit('watched', { folder: '/home/ada/Meetings', problem: 'The folder is not there any more.' });
  expect(app.session.status?.watched?.problem).toBe('The folder is not there any more.');
  await app.imports.stopWatching();
  expect(app.session.status?.watched).toBeNull();
});
