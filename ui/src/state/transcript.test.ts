import { describe, expect, it } from 'vitest';
import { Fake } from '../ipc/fake';
import type { Cue } from '../ipc/bindings';
import { App } from './app.svelte';
import { MOST_PICKED, Transcript } from './transcript.svelte';

/** A transcript of some lines, or of many. */
function transcript(count = 4): { fake: Fake; transcript: Transcript } {
  const fake = new Fake();
  const cue = (_: unknown, i: number): Cue => ({ text: `Line ${i}.`, speaker: 'Ada', start_ms: i * 1_000, end_ms: i * 1_000 + 900 });
  fake.meetings = fake.meetings.slice(0, 1).map((meeting) => ({ ...meeting, transcript: Array.from({ length: count }, cue) }));
  return { fake, transcript: new Transcript(fake, 'meeting-0') };
}

describe('lines that are picked', () => {
  it('are joined in the order in which they were said', async () => {
    const { transcript: said } = transcript();
    said.pick(3, false);
    said.pick(1, false);
    expect(await said.said()).toEqual({ text: 'Line 1. Line 3.', at_ms: 1_000 });
    said.pick(1, false);
    expect(await said.said()).toEqual({ text: 'Line 3.', at_ms: 3_000 });
  });

  it('are a range from the line picked last, in either direction', async () => {
    const { transcript: said } = transcript();
    said.pick(2, true);
    expect([...said.picked], 'there is nothing to start from').toEqual([2]);
    said.pick(0, true);
    expect((await said.said()).text).toBe('Line 0. Line 1. Line 2.');
  });

  it('are read wherever they are, each stretch once', async () => {
    const { fake, transcript: said } = transcript(200_000);
    said.show(0, 20);
    said.pick(7, false);
    said.pick(150_000, false);
    said.pick(199_999, false);
    expect((await said.said()).text).toBe('Line 7. Line 150000. Line 199999.');
    expect(fake.requests('read_transcript').map(({ offset }) => offset)).toEqual([0, 150_000, 199_900]);
  });

  it('become an item, and are none any more', async () => {
    const { fake, transcript: said } = transcript();
    const { editing } = new App(fake);
    said.pick(0, false);
    await editing.addSaid(said);
    expect(editing.fields.text).toBe('Line 0.');
    await editing.save();
    expect(said.picked.size).toBe(0);
  });

  it('stay picked where they cannot be read, and that is said', async () => {
    const { fake, transcript: said } = transcript(MOST_PICKED);
    const { editing, notices } = new App(fake);
    said.pick(0, false);
    fake.instead.read_transcript = () => Promise.reject(new Error('The disk is full.'));
    await editing.addSaid(said);
    expect([editing.form, said.picked.size, notices.list.map(({ message }) => message)]).toEqual([null, 1, ['The disk is full.']]);
    delete fake.instead.read_transcript;
    await editing.addSaid(said);
    expect(editing.fields.text, 'the next time it is asked for again').toBe('Line 0.');
  });

  it('open no dialog that comes after another one', async () => {
    const { fake, transcript: said } = transcript();
    const { editing } = new App(fake);
    said.pick(0, false);
    let answer: (cues: Cue[]) => void = () => undefined;
    fake.instead.read_transcript = () => new Promise((resolve) => (answer = resolve));
    const slow = editing.addSaid(said);
    await editing.add('meeting-0');
    answer([{ text: 'Late', speaker: null, start_ms: 0, end_ms: 1 }]);
    await slow;
    expect(editing.fields.text).toBe('');
  });
});

describe('the line to begin with', () => {
  it('is that of the search that was typed last', async () => {
    const { fake, transcript: said } = transcript();
    const answers: Record<string, (line: number | null) => void> = {};
    fake.instead.find_in_transcript = ({ query }) => new Promise((resolve) => (answers[query] = resolve));
    const slow = said.find('first');
    const quick = said.find('second');
    answers['second']?.(2);
    await quick;
    answers['first']?.(1);
    await slow;
    expect(said.first).toBe(2);
    await said.find('');
    expect(said.first, 'who looks for nothing begins at the beginning').toBeNull();
    expect(fake.requests('find_in_transcript')).toHaveLength(2);
  });

  it('is not known where it could not be looked for, and that is said', async () => {
    const { fake, transcript: said } = transcript();
    fake.instead.find_in_transcript = () => Promise.reject(new Error('The disk is full.'));
    await said.find('line');
    expect([said.first, said.problem?.message]).toEqual([null, 'The disk is full.']);
  });
});
