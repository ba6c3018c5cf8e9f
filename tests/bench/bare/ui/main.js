// One command after the document is there, its answer on the page: as little as an app can do to be one.
addEventListener("DOMContentLoaded", async () => {
  for (const line of await window.__TAURI__.core.invoke("lines")) {
    const item = document.createElement("li");
    item.textContent = line;
    document.querySelector("#list").append(item);
  }
  document.documentElement.dataset.ready = "";
});
