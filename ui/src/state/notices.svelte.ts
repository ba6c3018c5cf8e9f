// What the person should know and no screen is showing: short notices that pass, and lasting ones.

import { BackendError } from '../ipc/backend';
import type { Hint } from '../ipc/bindings';

export interface NoticeAction {
  label: string;
  run: () => void;
}

export interface Notice {
  /** A notice with the same id replaces the one before it. Without one of its own it is made of what is said. */
  id: string;
  tone: 'good' | 'plain' | 'waiting' | 'bad';
  message: string;
  detail?: string;
  actions?: NoticeAction[];
  /** Shown as a button, like everywhere else. */
  hint?: Hint;
  follow?: (hint: Hint) => unknown;
  /** Stays until closed. */
  lasting?: boolean;
}

/** The id of a notice that has none of its own. */
const said = (message: string, detail?: string, hint?: Hint): string => JSON.stringify([message, detail, hint?.kind]);

/** How long a passing notice stays, in milliseconds: long enough to read it and to reach its button. */
export const PASSING = 8_000;

export class Notices {
  list = $state.raw<Notice[]>([]);

  /** What says the same as another takes its place: what fails again and again is one notice. */
  show(notice: Omit<Notice, 'id'> & { id?: string }): void {
    const id = notice.id ?? said(notice.message, notice.detail, notice.hint);
    this.list = [...this.list.filter((one) => one.id !== id), { ...notice, id }];
  }

  dismiss(id: string): void {
    this.dismissAll([id]);
  }

  /** Takes back what another place shows by now. */
  dismissAll(ids: string[]): void {
    if (this.list.some(({ id }) => ids.includes(id))) this.list = this.list.filter(({ id }) => !ids.includes(id));
  }

  /** Takes back what was said, since it is over. */
  over(message: string, hint?: Hint): void {
    this.dismiss(said(message, undefined, hint));
  }

  /** For a call whose failure no field or screen shows; `follow` goes the way on that it offers. */
  readonly failed = (thrown: unknown, follow?: (hint: Hint) => unknown): void => {
    const { code, message, view } = BackendError.from(thrown);
    const hint = follow && view.hint ? view.hint : undefined;
    if (code !== 'superseded') this.show({ tone: 'bad', message, lasting: true, hint, follow });
  };
}
