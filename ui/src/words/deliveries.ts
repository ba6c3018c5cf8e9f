// How a delivery stands, in words; the item, the outbox and the notices say the same.

import type { Action, DeliveryState, DeliveryView, Hint } from '../ipc/bindings';

type StateKind = DeliveryState['kind'];

const states: Record<StateKind, string> = {
  queued: 'Queued',
  held: 'Held back',
  sending: 'Sending…',
  sent: 'Sent',
  waiting: 'Waiting',
  needs_you: 'Needs you',
  checking: 'Checking…',
  not_confirmed: 'Not confirmed',
};

export function stateWord(kind: StateKind): string {
  return states[kind];
}

/** The title of the page that it makes or comments on. */
export function pageTitle({ destination }: DeliveryView): string {
  return destination.kind === 'new_page' ? destination.title : destination.page.title;
}

/** Where it goes, such as "Page in Acme › Engineering" or "Comment in Acme › Product". */
export function whereTo({ destination, organization }: DeliveryView): string {
  const place = destination.kind === 'new_page' ? destination.space.name : destination.page.space;
  const under = destination.kind === 'new_page' && destination.parent ? ` › ${destination.parent.title}` : '';
  return `${destination.kind === 'new_page' ? 'Page' : 'Comment'} in ${organization} › ${place}${under}`;
}

export function actionOf({ destination }: DeliveryView): Action {
  return destination.kind === 'new_page' ? 'create_page' : 'add_comment';
}

/** The names of the two verbs, in the menu and as titles of their dialogs. */
export const actionNames: Record<Action, string> = {
  create_page: 'Create a page in Confluence',
  add_comment: 'Add a comment to a Confluence page',
};

const hintLabels: Record<Exclude<Hint['kind'], 'send_as' | 'ask_site'>, string> = {
  connect: 'Connect Confluence',
  connect_site: 'Connect',
  reconnect: 'Reconnect',
  set_up: 'How to set up',
  try_again: 'Try again',
  choose_another_title: 'Choose another title',
  choose_another_place: 'Choose another place',
  unlock_keyring: 'Unlock the keyring',
  send_again: 'Send again',
  send_as_another: 'Send as another',
  send_waiting: 'Send',
  choose_files: 'Choose other files',
  shorten: 'Shorten the text',
  new_token: 'Paste a new token',
  renew_token: 'Renew…',
  proxy_password: 'Enter the password…',
  ask_administrator: 'Copy a text for your administrator',
};

/** What the button for a hint says. */
export function hintLabel(hint: Hint): string {
  if (hint.kind === 'ask_site') return `Ask ${hint.site}`;
  return hint.kind === 'send_as' ? `Send as ${hint.name}` : hintLabels[hint.kind];
}

/** "1 meeting", "2 meetings". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
