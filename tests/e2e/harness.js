// A page with one of each: a control that shows on hover, a late dialog, fields, rich text, a menu.
// A constructed sheet: the page's policy forbids inline styles.
const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  li button { opacity: 0 } li:hover button, li button:focus-visible { opacity: 1 }
  body { font: 16px sans-serif } :root { color-scheme: light dark }`);
document.adoptedStyleSheets = [sheet];
document.body.innerHTML = `
  <nav><a href="#meetings">Meetings</a></nav>
  <h1>Weekly product sync</h1>
  <ul><li>Ship the importer <button aria-label="Confluence">◆</button></li><li>Pilot by 1 Dec</li></ul>
  <label>Title <span aria-hidden="true">*</span> <input id="title" required></label>
  <label for="text">Description</label> <textarea id="text"></textarea>
  <div role="textbox" aria-label="Rich text" aria-multiline="true" contenteditable="true"><p>What was there</p></div>
  <fieldset><legend>Confluence</legend><button disabled>Connect</button></fieldset>
  <p role="status"></p>`;
const status = document.querySelector("[role=status]");
const dialog = () => {
  const box = document.createElement("div");
  box.innerHTML = '<div role="dialog" aria-labelledby="t"><h2 id="t">Create a page</h2><button>Create</button></div>';
  box.querySelector("button").onclick = () => { box.remove(); status.textContent = "Page created"; };
  document.body.append(box);
};
document.querySelector("li button").onclick = () => setTimeout(dialog, 200);
document.querySelector("li").oncontextmenu = (event) => { event.preventDefault(); status.textContent = "Menu"; };
document.querySelector("li:last-child").onclick = (event) => {
  status.textContent = event.shiftKey ? "With Shift" : "Without Shift";
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) status.textContent = "Sent";
});
