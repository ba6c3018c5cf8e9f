// HTML of strangers, made such that the schema's rules understand it: emphasis that is only in styles becomes
// elements, the lists that Word draws with bullets become lists, boxes become tasks. Styles are read as text,
// because the content security policy keeps the browser from reading them.

import { holdable } from './adf';

const BLOCKS = 'p,div,ul,ol,li,table,tr,td,th,h1,h2,h3,h4,h5,h6,pre,blockquote,hr,section,article,header,footer,main,dl,dt,dd,figure';
const DROPPED = 'script,style,head,title,meta,link,template,noscript,iframe,object,embed,svg,math,canvas,audio,video,select,button,colgroup,col';

/** Whether HTML has no structure of its own. */
export function plainly(html: string): boolean {
  const { body } = new DOMParser().parseFromString(html, 'text/html');
  return !body.querySelector('p,ul,ol,table,h1,h2,h3,h4,h5,h6,blockquote,pre,a,b,strong,em,i,hr,input');
}

/** The declarations of a `style` attribute, which the policy hides from `element.style`. */
function styles(element: Element): Map<string, string> {
  const out = new Map<string, string>();
  for (const declaration of (element.getAttribute('style') ?? '').split(';')) {
    const colon = declaration.indexOf(':');
    if (colon > 0) out.set(declaration.slice(0, colon).trim().toLowerCase(), declaration.slice(colon + 1).trim().toLowerCase());
  }
  return out;
}

function wrap(element: Element, tag: string): void {
  const wrapper = element.ownerDocument.createElement(tag);
  wrapper.append(...element.childNodes);
  element.append(wrapper);
}

function unwrap(element: Element): void {
  element.replaceWith(...element.childNodes);
}

function rename(element: Element, tag: string): HTMLElement {
  const other = element.ownerDocument.createElement(tag);
  for (const { name, value } of element.attributes) other.setAttribute(name, value);
  other.append(...element.childNodes);
  element.replaceWith(other);
  return other;
}

const isBlock = (element: Element): boolean => element.matches(BLOCKS);

/** Comments and namespaced elements, among them what Word draws in place of bullets. */
function dropUnseen(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  const comments: Node[] = [];
  while (walker.nextNode()) comments.push(walker.currentNode);
  for (const comment of comments) comment.parentNode?.removeChild(comment);
  for (const element of body.querySelectorAll(DROPPED)) element.remove();
  for (const element of body.querySelectorAll('*')) {
    const style = styles(element);
    if (style.get('mso-list') === 'ignore' || style.get('display') === 'none' || style.get('mso-hide') === 'all') element.remove();
    else if (element.localName.includes(':')) unwrap(element);
  }
}

/** Emphasis that is only a style. */
function readStyles(body: HTMLElement): void {
  for (const element of body.querySelectorAll('[style]')) {
    const style = styles(element);
    const weight = style.get('font-weight') ?? '';
    const light = weight === 'normal' || weight === '400';
    // Google wraps a whole document in a bold element that is not bold.
    if (light && element.matches('b,strong')) {
      unwrap(element);
      continue;
    }
    // A heading is bold as it is.
    const holder = isBlock(element) && !element.matches('p,div,td,li') ? null : element;
    if (!holder || holder.matches('td,li,div') || holder.querySelector(BLOCKS)) continue;
    const line = `${style.get('text-decoration') ?? ''} ${style.get('text-decoration-line') ?? ''}`;
    if (weight === 'bold' || weight === 'bolder' || Number(weight) >= 600) wrap(holder, 'strong');
    if (style.get('font-style') === 'italic') wrap(holder, 'em');
    if (line.includes('line-through')) wrap(holder, 's');
    if (line.includes('underline') && !element.closest('a')) wrap(holder, 'u');
    if (style.get('vertical-align') === 'super') wrap(holder, 'sup');
    if (style.get('vertical-align') === 'sub') wrap(holder, 'sub');
  }
}

/** Where in a list Word says that a paragraph stands. */
function wordLevel(element: Element): number | null {
  const level = /\blevel(\d+)/.exec(styles(element).get('mso-list') ?? '')?.[1];
  if (level) return Number(level);
  return /\bMsoListParagraph/i.test(element.className) && element.hasAttribute('data-marker') ? 1 : null;
}

const NUMBER = /^\s*(?:\(?(\d+|[a-z]|[ivxlc]+)[.)])\s*/i;
const BULLET = /^\s*[·•●▪◦o§\-–‣⁃]\s+/;

/** Word writes lists as paragraphs with a bullet or number drawn before their text. */
function wordLists(body: HTMLElement): void {
  const make = (tag: string) => body.ownerDocument.createElement(tag);
  const stack: { level: number; list: HTMLElement }[] = [];
  let last: Element | null = null;
  for (const paragraph of [...body.querySelectorAll('p')]) {
    const level = wordLevel(paragraph);
    if (level === null) continue;
    if (last === null || paragraph.previousElementSibling !== last) stack.length = 0;
    const marker = paragraph.getAttribute('data-marker') ?? '';
    const tag = NUMBER.test(`${marker.trim()} `) && !BULLET.test(`${marker.trim()} `) ? 'ol' : 'ul';
    while (stack.length && (stack.at(-1)?.level ?? 0) > level) stack.pop();
    if (stack.at(-1)?.level !== level) {
      const list = make(tag);
      const parent = stack.at(-1)?.list.lastElementChild;
      if (parent) parent.append(list);
      else paragraph.before(list);
      stack.push({ level, list });
    }
    const item = make('li');
    stack.at(-1)?.list.append(item);
    const root = stack[0]?.list ?? null;
    item.append(paragraph);
    last = root;
  }
}

/** Keeps what Word draws before a list's paragraph, before it is dropped. */
function markWordLists(body: HTMLElement): void {
  for (const paragraph of body.querySelectorAll('p')) {
    const list = styles(paragraph).get('mso-list');
    const ignored = [...paragraph.querySelectorAll('span')].find((span) => styles(span).get('mso-list') === 'ignore');
    if (ignored) paragraph.setAttribute('data-marker', ignored.textContent ?? '');
    else if (list) {
      const found = NUMBER.exec(paragraph.textContent ?? '') ?? BULLET.exec(paragraph.textContent ?? '');
      paragraph.setAttribute('data-marker', found?.[0] ?? '');
    }
  }
}

/** A box at the start of an item: one to click, or a drawn one. `null` where there is none. */
function box(item: Element): { done: boolean; remove: () => void } | null {
  const input = item.querySelector('input[type=checkbox], [role=checkbox]');
  if (input && input.closest('li') === item) {
    return { done: input.hasAttribute('checked') || input.getAttribute('aria-checked') === 'true', remove: () => input.remove() };
  }
  // Google says it of the item itself.
  if (item.getAttribute('role') === 'checkbox') return { done: item.getAttribute('aria-checked') === 'true', remove: () => item.querySelector('img')?.remove() };
  const walker = item.ownerDocument.createTreeWalker(item, NodeFilter.SHOW_TEXT);
  let text = walker.nextNode();
  while (text && text.nodeValue?.trim() === '') text = walker.nextNode();
  const found = /^\s*(?:\[([ xX])\]|([☐☑☒✅]))\s+/u.exec(text?.nodeValue ?? '');
  if (!found || !text || text.parentElement?.closest('li') !== item) return null;
  const place = text;
  return {
    done: found[1] ? found[1] !== ' ' : found[2] !== '☐',
    remove: () => (place.nodeValue = (place.nodeValue ?? '').slice(found[0].length)),
  };
}

/** A task holds one line: blocks in it become lines. */
function flatten(item: Element): void {
  for (;;) {
    const block = [...item.querySelectorAll(BLOCKS)].find((one) => !one.matches('ul,ol') && !one.querySelector(BLOCKS));
    if (!block) return;
    if (block.previousSibling && block.previousSibling.textContent?.trim()) block.before(item.ownerDocument.createElement('br'));
    if (block.nextSibling?.textContent?.trim() && !(block.nextSibling instanceof Element && isBlock(block.nextSibling))) block.after(item.ownerDocument.createElement('br'));
    unwrap(block);
  }
}

/** Lists in which each item has a box become task lists; nested ones follow their item, as the format wants. */
function tasks(body: HTMLElement): void {
  // The innermost first, so that they are ready when their item is emptied.
  for (const list of [...body.querySelectorAll('ul,ol')].reverse()) {
    const items = [...list.children].filter((one) => one.localName === 'li');
    const boxes = items.map(box);
    if (!items.length || !boxes.every((one) => one !== null)) continue;
    const out = rename(list, 'ul');
    out.setAttribute('data-tasks', '');
    for (const [i, item] of items.entries()) {
      boxes[i]?.remove();
      item.removeAttribute('role');
      item.setAttribute('data-task', boxes[i]?.done ? 'DONE' : 'TODO');
      const nested = [...item.querySelectorAll('ul,ol')].filter((one) => one.parentElement?.closest('li') === item);
      for (const one of nested.reverse()) {
        // Plain items within a task are tasks as well: there is nothing else that could be in it.
        if (!one.hasAttribute('data-tasks')) {
          one.setAttribute('data-tasks', '');
          for (const child of one.children) if (!child.hasAttribute('data-task')) child.setAttribute('data-task', 'TODO');
        }
        item.after(one.localName === 'ul' ? one : rename(one, 'ul'));
      }
      flatten(item);
    }
  }
}

/** The language of code, where a page says it; and the line end that closes it, which nobody sees. */
function codeBlocks(body: HTMLElement): void {
  for (const pre of body.querySelectorAll('pre')) {
    let last: Node | null = pre;
    while (last?.lastChild) last = last.lastChild;
    if (last?.nodeType === 3) last.nodeValue = last.nodeValue?.replace(/\n$/, '') ?? '';
    const named = [pre, ...pre.querySelectorAll('code')].map((one) => /(?:^|\s)(?:language|lang)-([\w+#-]+)/.exec(one.className)?.[1]).find(Boolean);
    if (named) pre.setAttribute('data-language', named);
  }
}

/** Space between blocks is the source's layout. */
function dropSpaces(body: HTMLElement): void {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  const spaces: Node[] = [];
  const borders = (node: Node | null) => node instanceof Element && isBlock(node);
  while (walker.nextNode()) {
    const { currentNode: text } = walker;
    if (text.nodeValue?.trim() !== '' || text.parentElement?.closest('pre')) continue;
    if (borders(text.previousSibling) || borders(text.nextSibling)) spaces.push(text);
  }
  for (const space of spaces) space.parentNode?.removeChild(space);
}

/** Lists directly in lists, as Google nests them, belong to the item before. */
function adoptLists(body: HTMLElement): void {
  for (const list of body.querySelectorAll('ul > ul, ul > ol, ol > ul, ol > ol')) {
    const before = list.previousElementSibling;
    if (before?.localName === 'li' && !list.hasAttribute('data-tasks')) before.append(list);
  }
}

/** Pasted HTML, ready for the schema's rules. What this editor copied is left as it is. */
export function cleaned(html: string): HTMLElement {
  const { body } = new DOMParser().parseFromString(holdable(html), 'text/html');
  for (const element of body.querySelectorAll('script,style')) element.remove();
  // So WebKit hands on a space beside an inline element.
  for (const space of body.querySelectorAll('.Apple-converted-space')) space.replaceWith((space.textContent ?? '').replaceAll('\u00a0', ' '));
  if (body.querySelector('[data-pm-slice]')) return body;
  markWordLists(body);
  dropUnseen(body);
  wordLists(body);
  adoptLists(body);
  readStyles(body);
  tasks(body);
  codeBlocks(body);
  dropSpaces(body);
  for (const image of body.querySelectorAll('img')) image.replaceWith(image.getAttribute('alt') ?? '');
  for (const element of body.querySelectorAll('[style],[class]')) {
    element.removeAttribute('style');
    element.removeAttribute('class');
  }
  return body;
}
