/* Small comforts over pages that are complete without them: a filter, a switch of views, lines to point at,
   links to copy. Nothing is fetched; nothing is kept. */
(() => {
  "use strict";

  const language = document.documentElement.lang || "en";
  const words = {
    cy: { copy: "Copïo'r ddolen", copied: "Wedi'i chopïo", text: "Copïo'r geiriau", line: "Llinell" },
    en: { copy: "Copy link", copied: "Copied", text: "Copy the words", line: "Line" },
  };
  const say = words[language.split("-")[0]] || words.en;

  const make = (tag, props = {}, ...children) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };

  /* Filter an agenda by result: the lists that open become buttons that hide rows. */
  const filter = (box) => {
    const agenda = document.querySelector("[data-filtered]");
    const results = [...box.querySelectorAll("details[data-key]")];
    if (!agenda || !results.length) return;
    const rows = [...agenda.querySelectorAll("li.row:not(.row-nested)")];
    const status = make("p", { className: "filter-status" });
    status.setAttribute("role", "status");
    const buttons = make("div", { className: "filter-buttons" });
    const show = (key) => {
      let shown = 0;
      for (const row of rows) {
        row.hidden = Boolean(key) && row.dataset.result !== key;
        shown += row.hidden ? 0 : 1;
      }
      for (const section of agenda.querySelectorAll(".agenda-section, .year")) {
        section.hidden = Boolean(key) && !section.querySelector("li.row:not(.row-nested, [hidden])");
      }
      for (const button of buttons.children) button.setAttribute("aria-pressed", String(button.dataset.key === key));
      status.textContent = key ? box.dataset.shown.replace("{n}", shown) : "";
      const address = new URL(location.href);
      if (key) address.searchParams.set("result", key); else address.searchParams.delete("result");
      try { history.replaceState(null, "", address); } catch { /* a page opened from a disk */ }
    };
    const add = (key, label, count) => {
      const button = make("button", { type: "button" }, count ? `${label} (${count})` : label);
      button.dataset.key = key;
      button.addEventListener("click", () => show(key));
      buttons.append(button);
    };
    add("", box.dataset.all, "");
    for (const result of results) {
      add(result.dataset.key, result.dataset.label, result.dataset.count);
      result.remove();
    }
    box.append(buttons, status);
    const wanted = new URLSearchParams(location.search).get("result") || "";
    show(results.some((r) => r.dataset.key === wanted) ? wanted : "");
  };

  /* Switch between views of a motion's text on the page itself. */
  const views = (nav) => {
    const panel = document.querySelector("[data-view-panel]");
    const links = [...nav.querySelectorAll("a[data-view]")];
    const start = links.find((a) => a.hasAttribute("aria-current"));
    if (!panel || !start) return;
    const kept = { [start.dataset.view]: [...panel.childNodes] };
    let current = start.dataset.view;
    for (const link of links) {
      link.addEventListener("click", (event) => {
        const key = link.dataset.view;
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        const stored = document.querySelector(`template[data-view-text="${CSS.escape(key)}"]`);
        if (!kept[key] && !stored) return;
        event.preventDefault();
        if (key === current) return;
        kept[key] ||= [...stored.content.cloneNode(true).childNodes];
        panel.replaceChildren(...kept[key]);
        current = key;
        document.querySelectorAll("[data-lines]").forEach(addressed);
        for (const other of links) {
          if (other === link) other.setAttribute("aria-current", "true"); else other.removeAttribute("aria-current");
        }
      });
    }
  };

  /* ?line=27 or #l27: point at one line of the text. */
  const line = () => {
    const number = new URLSearchParams(location.search).get("line") || (location.hash.match(/^#l(\d+)$/) || [])[1];
    if (!/^\d{1,5}$/.test(number || "")) return;
    const mark = document.getElementById(`l${number}`);
    if (!mark) return;
    for (const old of document.querySelectorAll(".line-here, .block-here")) old.classList.remove("line-here", "block-here");
    mark.classList.add("line-here");
    (mark.closest("p, li, tr, blockquote") || mark).classList.add("block-here");
    mark.scrollIntoView({ block: "center" });
  };

  const copy = (button, text) => {
    const label = button.textContent;
    const done = () => {
      button.textContent = say.copied;
      setTimeout(() => { button.textContent = label; }, 2000);
    };
    navigator.clipboard?.writeText(text).then(done, () => {});
  };

  /* The number of each paragraph, and a mark before each call, copy the address of that place. */
  const addressed = (text) => {
    const blocks = text.querySelectorAll(".motion-text:not(.motion-diff) :is(.preamble, .operative, .call)[id]");
    for (const block of blocks) {
      if (block.querySelector(":scope > .copy-link")) continue;
      const number = (block.id.match(/p(\d+)$/) || [])[1];
      const link = make("a", { className: number ? "copy-link numbered" : "copy-link", href: `#${block.id}` }, number || "#");
      link.setAttribute("aria-label", `${say.copy}: ${number || (block.querySelector(".marker") || block).textContent.slice(0, 12)}`);
      if (!number) link.tabIndex = -1;
      block.classList.toggle("linked", Boolean(number));
      block.prepend(link);
      link.addEventListener("click", () => {
        navigator.clipboard?.writeText(location.href.replace(/[?#].*$/, "") + link.hash).then(() => {
          const note = make("span", { className: "copied" }, say.copied);
          note.setAttribute("role", "status");
          block.append(note);
          setTimeout(() => note.remove(), 2000);
        }, () => {});
      });
    }
  };

  const post = (quote) => {
    if (!navigator.clipboard) return;
    const button = make("button", { type: "button", className: "button copy" }, say.text);
    button.addEventListener("click", () => copy(button, quote.innerText));
    quote.after(make("p", {}, button));
  };

  document.querySelectorAll("[data-filter]").forEach(filter);
  document.querySelectorAll("[data-views]").forEach(views);
  document.querySelectorAll("[data-lines]").forEach(addressed);
  document.querySelectorAll("[data-copy]").forEach(post);
  line();
  addEventListener("hashchange", line);
})();
