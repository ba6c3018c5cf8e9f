// Finds elements as assistive technology does, by role and accessible name, and waits until what it found is
// as wanted. Runs in the page: (path, want, milliseconds, mark, done) → { element } or { problem }. A driver that
// cannot take elements from scripts gives a mark, by which it finds the element then.
const [path, want, limit, mark, done] = arguments;

const INPUTS = {
  button: "button", submit: "button", reset: "button", checkbox: "checkbox", radio: "radio", range: "slider",
  number: "spinbutton", search: "searchbox", text: "textbox", email: "textbox", url: "textbox", tel: "textbox",
};
const TAGS = {
  a: "link", article: "article", aside: "complementary", button: "button", dialog: "dialog", fieldset: "group",
  footer: "contentinfo", form: "form", h1: "heading", h2: "heading", h3: "heading", h4: "heading", h5: "heading",
  header: "banner", img: "img", li: "listitem", main: "main", menu: "list", nav: "navigation", ol: "list",
  option: "option", output: "status", progress: "progressbar", section: "region", summary: "button", table: "table",
  textarea: "textbox", ul: "list",
};
// Roles named by what they contain. List items are not in the standard; people name them so all the same.
const NAMED_BY_CONTENT = new Set([
  "button", "cell", "checkbox", "heading", "link", "listitem", "menuitem", "menuitemcheckbox", "menuitemradio",
  "option", "radio", "row", "switch", "tab", "tooltip", "treeitem",
]);
// Live regions are found by what they say.
const SAYS = new Set(["alert", "status"]);

// Rich text has its words. A list item has a `value` too, which is a number.
function typed(element) {
  if (element.isContentEditable) return element.innerText;
  return typeof element.value === "string" ? element.value : content(element);
}
const tidy = (text) => text.replace(/\s+/g, " ").trim();

function roleOf(element) {
  const role = element.getAttribute("role");
  if (role) return role.split(" ")[0];
  const tag = element.localName;
  if (tag === "input") return INPUTS[element.type] ?? "textbox";
  if (tag === "select") return element.multiple || element.size > 1 ? "listbox" : "combobox";
  if (tag === "a" && !element.hasAttribute("href")) return "generic";
  return TAGS[tag] ?? "generic";
}

// An element without a box of its own is where its parent is.
const isRendered = (element) =>
  getComputedStyle(element).display === "contents"
    ? element.parentElement !== null && isRendered(element.parentElement)
    : element.checkVisibility({ visibilityProperty: true });
const isHidden = (element) =>
  !isRendered(element) || element.closest('[aria-hidden="true"], [inert]') !== null;

function content(node) {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (node.nodeType !== Node.ELEMENT_NODE) return "";
  if (node.getAttribute("aria-hidden") === "true" || !isRendered(node)) return "";
  const label = node.getAttribute("aria-label");
  if (label) return ` ${label} `;
  if (node.localName === "img") return node.alt;
  const inner = [...node.childNodes].map(content).join("");
  return getComputedStyle(node).display.startsWith("inline") ? inner : ` ${inner} `;
}

function nameOf(element, role) {
  const by = element.getAttribute("aria-labelledby");
  if (by) {
    const parts = by.split(/\s+/).map((id) => document.getElementById(id));
    const name = tidy(parts.map((part) => (part ? (part.getAttribute("aria-label") ?? content(part)) : "")).join(" "));
    if (name) return name;
  }
  const label = tidy(element.getAttribute("aria-label") ?? "");
  if (label) return label;
  if (element.labels?.length) {
    const name = tidy([...element.labels].map(content).join(" "));
    if (name) return name;
  }
  if (element.localName === "fieldset") {
    const legend = element.querySelector(":scope > legend");
    if (legend) return tidy(content(legend));
  }
  if (element.localName === "img") return tidy(element.alt);
  if (element.localName === "input" && role === "button") return tidy(element.value);
  if (NAMED_BY_CONTENT.has(role) || SAYS.has(role)) {
    const name = tidy([...element.childNodes].map(content).join(""));
    if (name) return name;
  }
  return tidy(element.getAttribute("title") ?? element.getAttribute("placeholder") ?? "");
}

const fits = (name, wanted) =>
  wanted.exactly !== undefined
    ? name === wanted.exactly
    : wanted.starts !== undefined
      ? name.startsWith(wanted.starts)
      : name.includes(wanted.contains);

// The innermost elements with the words, for text that has no role.
function withText(scope, wanted) {
  const found = [...scope.querySelectorAll("*")].filter((element) => {
    if (element.matches("script, style") || isHidden(element)) return false;
    return fits(tidy(content(element)), wanted);
  });
  return found.filter((element) => !found.some((other) => other !== element && element.contains(other)));
}

function within(scope, step) {
  const found =
    step.role === "text"
      ? withText(scope, step.name)
      : [...scope.querySelectorAll("*")].filter((element) => {
          const role = roleOf(element);
          return role === step.role && !isHidden(element) && fits(nameOf(element, role), step.name);
        });
  return step.nth === null ? found : found.slice(step.nth, step.nth + 1);
}

function find() {
  let scopes = [document];
  for (const step of path) scopes = [...new Set(scopes.flatMap((scope) => within(scope, step)))];
  return scopes;
}

// Opacity counts: a control that shows on hover has a place and a role before it can be seen.
function isShown(element) {
  for (let at = element; at; at = at.parentElement) if (Number(getComputedStyle(at).opacity) < 0.9) return false;
  return true;
}

// A switch is a button that says so itself.
const ticked = (element) => element.checked ?? element.getAttribute('aria-checked') === 'true';

const WANTS = {
  there: () => true,
  focused: (element) => element.contains(document.activeElement) || activeDescendant() === element,
  shown: isShown,
  unseen: (element) => !isShown(element),
  enabled: (element) => !element.matches(":disabled") && element.getAttribute("aria-disabled") !== "true",
  disabled: (element) => element.matches(":disabled") || element.getAttribute("aria-disabled") === "true",
  checked: (element) => ticked(element) && !element.indeterminate,
  unchecked: (element) => !ticked(element) && !element.indeterminate,
  mixed: (element) => element.indeterminate,
  empty: (element) => tidy(typed(element)) === "",
  says: (element) => tidy(typed(element)).includes(want.text),
};

function activeDescendant() {
  const id = document.activeElement?.getAttribute("aria-activedescendant");
  return id ? document.getElementById(id) : null;
}

// What could have been meant, for the person who reads the failure.
function problem(found) {
  if (want.kind === "gone") return `still there, ${found.length} times`;
  if (found.length > 1) return `${found.length} elements fit: name one of them more closely`;
  if (found.length === 1) return `there, but not ${want.kind}: “${tidy(typed(found[0])).slice(0, 200)}”`;
  const { role } = path.at(-1);
  const names = [...document.querySelectorAll("*")]
    .filter((element) => roleOf(element) === role && !isHidden(element))
    .map((element) => `“${nameOf(element, role).slice(0, 80)}”`);
  const others = role === "text" ? "" : `; the page has as ${role}: ${names.slice(0, 30).join(", ") || "nothing"}`;
  return `not there${others}`;
}

let observer, timer, clock;
function end(answer) {
  observer?.disconnect();
  clearInterval(timer);
  clearTimeout(clock);
  done(answer);
  return true;
}
function look() {
  const found = find();
  if (want.kind === "count") return end({ count: found.length });
  if (want.kind === "gone") return found.length === 0 && end({});
  if (found.length !== 1 || !WANTS[want.kind](found[0])) return false;
  if (mark === null) return end({ element: found[0] });
  found[0].dataset.mark = mark;
  return end({});
}
if (!look()) {
  if (limit === 0) end({ problem: problem(find()) });
  else {
    observer = new MutationObserver(() => look());
    observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    // Focus, values and styles under the pointer change without a mutation.
    timer = setInterval(() => look(), 50);
    clock = setTimeout(() => end({ problem: problem(find()) }), limit);
  }
}
