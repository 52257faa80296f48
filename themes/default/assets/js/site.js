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

  /* What the page's address says of the text that is shown, so that it can be sent to somebody. */
  const addressOf = (name, value) => {
    const address = new URL(location.href);
    for (const known of ["view", "with"]) address.searchParams.delete(known);
    const rest = address.search.replace(/^\?/, "");
    address.search = [rest, value && `${name}=${value}`].filter(Boolean).join("&");
    try { history.replaceState(null, "", address); } catch { /* a page opened from a disk */ }
  };

  /* The text with any set of amendments, from the printed blocks and the pieces that the amendments change. */
  const composer = (panel, plan) => {
    const printed = plan.base.map(([id]) => panel.querySelector(`#${CSS.escape(id)}`));
    const pieces = [...document.querySelectorAll("template[data-piece]")];
    const copyOf = (block) => {
      const copy = block.cloneNode(true);
      copy.querySelectorAll(":scope > ol.calls, :scope > .copy-link").forEach((e) => e.remove());
      copy.classList.remove("linked", "block-here");
      return copy;
    };
    /* Of each group the largest set that can stand, in the order of the agenda; and what is left out of it. */
    const choose = (wanted) => {
      const slots = new Map();
      const left = [];
      const shown = [];
      for (const group of plan.groups) {
        let set = [];
        for (const key of group.of.filter((k) => wanted.includes(k))) {
          const tried = [...set, key];
          if (group.sets[tried.join(" ")]) set = tried; else left.push([key, set]);
        }
        group.slots.forEach((slot, n) => { if (set.length) slots.set(slot, group.sets[set.join(" ")][n]); });
        shown.push(...set);
      }
      return { slots, shown: wanted.filter((k) => shown.includes(k)), left: left.map(([key, set]) => {
        const found = plan.apart.find(([a, b]) => (a === key && set.includes(b)) || (b === key && set.includes(a)));
        return { key, why: found && found[2] };
      }) };
    };
    const text = (slots) => {
      const root = document.createDocumentFragment();
      const lists = [];
      const put = (depth, ...nodes) => {
        lists.length = Math.min(lists.length, depth);
        while (lists.length < depth) {
          const list = make("ol", { className: "calls" });
          const outer = lists.at(-1);
          if (outer) (outer.lastElementChild || outer.appendChild(make("li"))).append(list); else root.append(list);
          lists.push(list);
        }
        (lists.at(-1) || root).append(...nodes);
      };
      for (let slot = 0; slot <= printed.length; slot += 1) {
        if (slots.has(slot)) {
          for (const n of slots.get(slot)) put(Number(pieces[n].dataset.piece), pieces[n].content.cloneNode(true));
        } else if (slot && printed[slot - 1]) put(plan.base[slot - 1][1], copyOf(printed[slot - 1]));
      }
      return root;
    };
    return { choose, text };
  };

  /* Switch between views of a motion's text on the page itself: by a tab, or by ticking amendments. */
  let asPrinted = () => {};
  const views = (nav) => {
    const panel = document.querySelector("[data-view-panel]");
    const links = [...nav.querySelectorAll("a[data-view]")];
    const start = links.find((a) => a.hasAttribute("aria-current"));
    if (!panel || !start) return;
    const kept = { [start.dataset.view]: [...panel.childNodes] };
    const pick = document.querySelector("[data-pick]");
    const boxes = pick ? [...pick.querySelectorAll("input")] : [];
    const said = pick && pick.querySelector(".pick-said");
    const plan = pick && JSON.parse(pick.dataset.pick);
    const text = pick && composer(panel, plan);
    let current = start.dataset.view;

    const fill = (key, nodes) => {
      panel.replaceChildren(...nodes);
      current = key;
      document.querySelectorAll("[data-lines]").forEach(addressed);
      for (const link of links) {
        if (link.dataset.view === key) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
      }
    };
    const show = (key) => {
      const stored = document.querySelector(`template[data-view-text="${CSS.escape(key)}"]`);
      if (!kept[key] && !stored) return false;
      kept[key] ||= [...stored.content.cloneNode(true).childNodes];
      if (key !== current) fill(key, kept[key]);
      for (const box of boxes) box.checked = false;
      if (said) said.replaceChildren();
      addressOf("view", key === start.dataset.view ? "" : key);
      return true;
    };
    const listed = (names) => names.join(", ").replace(/, ([^,]*)$/, ` ${pick.dataset.and} $1`);
    const nameOf = (key) => boxes.find((b) => b.value === key).dataset.label;
    const alone = (key) => {
      const page = links.find((a) => a.dataset.view === key);
      return page ? [" ", make("a", { href: page.href }, pick.dataset.alone)] : [];
    };
    /* A sub-amendment only with its amendment: ticked, it ticks that; without that, it is not ticked. */
    const held = (box) => !plan.needs[box.value] || boxes.some((b) => b.checked && plan.needs[box.value].includes(b.value));
    const settle = (box) => {
      for (let one = box; one.checked && !held(one);) {
        const needed = plan.needs[one.value][0];
        one = boxes.find((b) => b.value === needed);
        one.checked = true;
      }
      for (let n = boxes.length; n; n -= 1) for (const b of boxes) b.checked &&= held(b);
    };
    const tick = () => {
      const wanted = boxes.filter((b) => b.checked).map((b) => b.value);
      if (!wanted.length) { show(start.dataset.view); return; }
      const { slots, shown, left } = text.choose(wanted);
      fill("", [text.text(slots)]);
      said.replaceChildren(
        make("p", {}, pick.dataset.shown.replace("{names}", listed(shown.map(nameOf)))),
        ...left.map(({ key, why }) => make("p", { className: "pick-left" },
          pick.dataset.left.replace("{name}", nameOf(key)).replace("{why}", why || pick.dataset.why), ...alone(key))),
      );
      addressOf("with", wanted.join(","));
    };

    for (const link of links) {
      link.addEventListener("click", (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        if (show(link.dataset.view)) event.preventDefault();
      });
    }
    if (pick) {
      for (const box of boxes) {
        box.addEventListener("change", () => { settle(box); tick(); });
        const tab = links.find((a) => a.dataset.view === box.value);
        if (tab) tab.parentElement.hidden = true;
      }
      pick.hidden = false;
    }
    asPrinted = () => { if (current !== start.dataset.view) show(start.dataset.view); };
    const asked = new URLSearchParams(location.search);
    const ticked = (asked.get("with") || "").split(",");
    for (const box of boxes) box.checked = ticked.includes(box.value);
    boxes.filter((b) => b.checked).forEach(settle);
    if (boxes.some((b) => b.checked)) tick(); else if (asked.get("view")) show(asked.get("view"));
  };

  /* ?line=27 or #l27: point at one line of the text. */
  const line = () => {
    const number = new URLSearchParams(location.search).get("line") || (location.hash.match(/^#l(\d+)$/) || [])[1];
    if (!/^\d{1,5}$/.test(number || "")) return;
    if (!document.getElementById(`l${number}`)) asPrinted();
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

  /* A disk has no server that finds a folder's page. */
  if (location.protocol === "file:") {
    for (const a of document.links) if (a.protocol === "file:" && a.pathname.endsWith("/")) a.pathname += "index.html";
  }
  document.querySelectorAll("[data-filter]").forEach(filter);
  document.querySelectorAll("[data-views]").forEach(views);
  document.querySelectorAll("[data-lines]").forEach(addressed);
  document.querySelectorAll("[data-copy]").forEach(post);
  line();
  addEventListener("hashchange", line);
})();
