// Fetches what the dialogs are made of while a person still chooses, so that they open at once.

export function prepareComposer(): void {
  void import('./ComposerDialog.svelte');
  void import('../parts/editor/Editor.svelte');
}
