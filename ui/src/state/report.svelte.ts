// What somebody who reports a fault sends along: the log, which the desktop shows, and a text about the app.

import type { Backend } from '../ipc/backend';
import { CopiedText } from './copied.svelte';
import type { Notices } from './notices.svelte';

export class Report {
  readonly details: CopiedText;

  readonly #backend: Backend;
  readonly #notices: Notices;

  constructor(backend: Backend, notices: Notices) {
    this.#backend = backend;
    this.#notices = notices;
    this.details = new CopiedText(() => backend.call('report_details', null), notices.failed);
  }

  showLog(): void {
    this.#backend.call('show_log', null).catch(this.#notices.failed);
  }
}
