// Which screen the window shows. In memory: the window has no address bar and no history to restore.

export type Screen = 'meetings' | 'outbox' | 'settings';
export type SettingsTab = 'general' | 'integrations' | 'meetings' | 'about';

export class Navigation {
  screen = $state<Screen>('meetings');
  tab = $state<SettingsTab>('general');
  /** Counts requests to put the focus into the search field. */
  searches = $state(0);

  go(screen: Screen): void {
    this.screen = screen;
  }

  settings(tab: SettingsTab): void {
    this.screen = 'settings';
    this.tab = tab;
  }

  search(): void {
    this.screen = 'meetings';
    this.searches += 1;
  }
}
