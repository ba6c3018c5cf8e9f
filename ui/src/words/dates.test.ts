import { describe, expect, it } from 'vitest';
import { dayHeading, moment, nearDay, offset } from './dates';

const now = new Date(2026, 10, 12, 9, 0);

describe('the heading of a day', () => {
  it.each([
    ['2026-11-12', 'Today'],
    ['2026-11-11', 'Yesterday'],
    ['2026-11-13', 'Tomorrow'],
    ['2026-11-09', 'Monday'],
    ['2026-11-06', 'Friday'],
  ])('%s is %s', (day, heading) => {
    expect(dayHeading(day, now)).toBe(heading);
  });

  it('names the whole date from a week ago on, where a weekday would be ambiguous', () => {
    expect(dayHeading('2026-11-05', now)).toMatch(/Thu.*2026/);
  });

  it('says so where there is no date', () => {
    expect(dayHeading(null, now)).toBe('No date');
  });

  it('does not turn over with the clocks: the day after a short day is still yesterday', () => {
    expect(dayHeading('2026-03-28', new Date(2026, 2, 29, 23, 30))).toBe('Yesterday');
  });
});

it('names a near day by its word and any other by its date', () => {
  expect(['2026-11-12', '2026-11-09'].map((day) => nearDay(day, now))).toEqual(['Today', 'Monday']);
  expect(nearDay('2026-10-03', now)).toMatch(/3 Oct|Oct 3/);
  expect(nearDay(null, now)).toBe('');
});

it('shortens a moment to what people need', () => {
  expect(moment(new Date(2026, 10, 12, 8, 5).toISOString(), now)).toBe('08:05');
  expect(moment(new Date(2026, 10, 11, 23, 59).toISOString(), now)).toBe('Yesterday 23:59');
});

it('shows hours of a recording only where there are any', () => {
  expect(offset(65_000)).toBe('01:05');
  expect(offset(3_727_000)).toBe('1:02:07');
});
