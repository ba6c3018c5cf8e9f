// How tasks are shown: with a box that can be ticked. Everything else is drawn as the schema says.

import type { Node } from 'prosemirror-model';
import type { EditorView, NodeView, ViewMutationRecord } from 'prosemirror-view';

export class TaskView implements NodeView {
  readonly dom = document.createElement('li');
  readonly contentDOM = document.createElement('div');
  readonly #box = document.createElement('input');

  constructor(node: Node, view: EditorView, getPos: () => number | undefined) {
    this.#box.type = 'checkbox';
    this.#box.contentEditable = 'false';
    this.#box.setAttribute('aria-label', 'Done');
    // The keyboard ticks it from within the text; a tab stop for each task would be in the way.
    this.#box.tabIndex = -1;
    // The cursor stays where it is.
    this.#box.addEventListener('mousedown', (event) => event.preventDefault());
    this.#box.addEventListener('change', () => {
      const pos = getPos();
      if (pos !== undefined) view.dispatch(view.state.tr.setNodeAttribute(pos, 'state', this.#box.checked ? 'DONE' : 'TODO'));
    });
    this.dom.append(this.#box, this.contentDOM);
    this.#show(node);
  }

  update(node: Node): boolean {
    if (node.type.name !== 'taskItem') return false;
    this.#show(node);
    return true;
  }

  stopEvent(event: Event): boolean {
    return event.target === this.#box;
  }

  ignoreMutation(mutation: ViewMutationRecord): boolean {
    return mutation.target === this.#box || (mutation.type === 'attributes' && mutation.target === this.dom);
  }

  #show({ attrs }: Node): void {
    this.dom.dataset.task = attrs.state;
    this.#box.checked = attrs.state === 'DONE';
  }
}
