import { describe, expect, it } from 'vitest';
import { Fake } from '../ipc/fake';
import type { MeetingList } from '../ipc/bindings';
import { App } from './app.svelte';
import { STRETCH } from './stretches.svelte';

const list = (title: string): MeetingList => ({
  total: 1,
  more: false,
  rows: [{ id: title, title, day: null, time: null, items: 0, sent: 0, hit: null }],
});

describe('the meeting list', () => {
  it('drops the answer of a search that is no longer asked for', async () => {
    const fake = new Fake();
    const answers: Record<string, (list: MeetingList) => void> = {};
    fake.instead.list_meetings = ({ query }) => new Promise((resolve) => (answers[query] = resolve));
    const { meetings } = new App(fake);
    const slow = meetings.search('first');
    const quick = meetings.search('second');
    answers['second']?.(list('of the second'));
    await quick;
    answers['first']?.(list('of the first'));
    await slow;
    expect(meetings.row(0)?.title, 'the late answer must not replace the newer one').toBe('of the second');
    expect(meetings.answered).toBe('second');
  });

  it('loads only the stretches that are looked at, each once', async () => {
    const fake = new Fake({ meetings: 100_000 });
    const { meetings } = new App(fake);
    await meetings.reload();
    meetings.show(50_000, 50_020);
    meetings.show(50_005, 50_025);
    await expect.poll(() => meetings.row(50_010)?.title).toBe('Stand-up 50010');
    const offsets = fake.requests('list_meetings').map((request) => request.offset);
    expect(offsets, 'the stretch before is needed for the heading of the first visible day').toEqual([0, 49_900, 50_000]);
    expect(meetings.row(3 * STRETCH)).toBeUndefined();
  });

  it('asks for every stretch with the filter that the list answers', async () => {
    const fake = new Fake({ meetings: 1_000 });
    const { meetings } = new App(fake);
    await meetings.narrow({ kinds: ['task'] });
    fake.instead.list_meetings = () => new Promise(() => undefined);
    void meetings.narrow({ kinds: ['decision'] });
    delete fake.instead.list_meetings;
    meetings.show(400, 420);
    await expect.poll(() => meetings.row(410)?.title).toBe('Stand-up 415');
    expect(fake.requests('list_meetings').at(-1)?.filter.kinds, 'what is shown has no holes of another filter').toEqual(['task']);
  });

  it('keeps what is there until the answer to another filter comes, and drops older answers', async () => {
    const fake = new Fake();
    const { meetings } = new App(fake);
    await meetings.reload();
    const answers: ((list: MeetingList) => void)[] = [];
    fake.instead.list_meetings = () => new Promise((resolve) => answers.push(resolve));
    const slow = meetings.narrow({ person: 'a' });
    const quick = meetings.narrow({ person: 'ad' });
    expect(meetings.total).toBe(8);
    answers[1]?.(list('with Ada'));
    await quick;
    answers[0]?.(list('with anybody'));
    await slow;
    expect(meetings.row(0)?.title).toBe('with Ada');
    expect(meetings.applied.person).toBe('ad');
  });

  it('shows the meeting that was chosen last, even where its answer comes first', async () => {
    const fake = new Fake();
    const { meetings } = new App(fake);
    const one = meetings.choose('meeting-1');
    const two = meetings.choose('meeting-2');
    await Promise.all([two, one]);
    expect(meetings.open?.id).toBe('meeting-2');
  });

  it('says why a meeting does not open', async () => {
    const { meetings } = new App(new Fake());
    await meetings.choose('nowhere');
    expect(meetings.open).toBeNull();
    expect(meetings.openProblem?.code).toBe('gone');
  });
});
