// What a clipboard holds, as the text that the importers read best.

/** Marks of HTML that plain text would lose: lists, headings and tables. */
const STRUCTURE = /<(li|h[1-6]|table)[\s>]/i;

/** The HTML where it has a structure, else the plain text. */
export function clipboardText(clipboard: DataTransfer | null): string {
  const html = clipboard?.getData('text/html') ?? '';
  return STRUCTURE.test(html) ? page(html) : (clipboard?.getData('text/plain') ?? '');
}

/** Some programs put comments or a piece of a page on the clipboard; the importer knows a page by its start. */
function page(html: string): string {
  return `<html>${html}</html>`;
}
