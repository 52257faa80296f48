/* Makes a branch's document in the browser, from the same tree and by the same rules as the builder
   (toolkit_builder/localise/fill.py). Nothing is fetched and nothing leaves the device. Words are only ever put in as
   text; the address can only fill fields. */
(() => {
  "use strict";

  const source = document.getElementById("make-data");
  const box = document.querySelector("[data-make]");
  if (!source || !box) return;
  const data = JSON.parse(source.textContent);
  const form = box.querySelector("form");
  const frame = box.querySelector("iframe");
  const status = box.querySelector(".make-status");
  const lackingBox = box.querySelector(".make-lacking");
  const BLANK = "______________________";
  const ROOTS = ["branch", "contact", "meeting", "fields", "union", "toolkit"];
  const STYLES = { date: "d M y", long: "w d M y", short: "d m y", weekday: "w", month: "M y", year: "y" };
  const isGroup = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const own = (group, name) => (isGroup(group) && Object.hasOwn(group, name) ? group[name] : null);
  const trim = (text) => text.replace(/^[ \t\n\r\u00a0]+|[ \t\n\r\u00a0]+$/g, "");

  /* --- values: as in fill.py ------------------------------------------------------------------------------- */

  const truthy = (value) => Array.isArray(value) ? value.length > 0
    : isGroup(value) ? Object.values(value).some(truthy) : Boolean(value);

  const asText = (value) => {
    if (value === null || value === undefined || value === false) return "";
    if (value === true) return "yes";
    if (Array.isArray(value)) return value.map(asText).join(", ");
    if (isGroup(value)) return asText(["text", "name", "title", "date"].map((k) => own(value, k)).find(Boolean) ?? "");
    return String(value);
  };

  const inWords = (value, style) => {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    if (!match) return value;
    const [year, month, day] = match.slice(1).map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    date.setUTCFullYear(year);
    if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return value;
    const parts = { d: String(day), M: data.calendar.months[month - 1], m: data.calendar.short[month - 1],
      y: String(year), w: data.calendar.days[(date.getUTCDay() + 6) % 7] };
    return (Object.hasOwn(STYLES, style) ? STYLES[style] : STYLES.date).split(" ").map((p) => parts[p]).join(" ");
  };

  const points = (text) => Array.from(text, (c) => c.codePointAt(0));
  const order = (a, b) => {
    if (typeof a === "number") return a - b;
    const [left, right] = [points(a), points(b)];
    for (let n = 0; n < Math.min(left.length, right.length); n += 1) {
      if (left[n] !== right[n]) return left[n] - right[n];
    }
    return left.length - right.length;
  };

  const same = (a, b) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

  const compare = (kind, left, right) => {
    if (kind === "==" || kind === "!=") return same(left, right) === (kind === "==");
    if (typeof left !== typeof right || !["string", "number"].includes(typeof left)) return false;
    const n = order(left, right);
    return kind === "<" ? n < 0 : kind === "<=" ? n <= 0 : kind === ">" ? n > 0 : n >= 0;
  };

  const filtered = (node, scope) => {
    const value = evaluate(node[1], scope);
    const [, , name, argument] = node;
    if (name === "default") return truthy(value) ? value : argument ?? "";
    if (name === "length") {
      return typeof value === "string" ? Array.from(value).length : Array.isArray(value) ? value.length
        : isGroup(value) ? Object.keys(value).length : 0;
    }
    if (name === "first" || name === "last") {
      const items = typeof value === "string" ? Array.from(value) : Array.isArray(value) ? value : [];
      return items.length ? items[name === "first" ? 0 : items.length - 1] : "";
    }
    if (name === "join") return Array.isArray(value) ? value.map(asText).join(argument ?? ", ") : asText(value);
    const text = asText(value);
    if (name === "date") return inWords(text, argument || "date");
    if (name === "capitalize") {
      const letters = Array.from(text);
      return letters.length ? letters[0].toUpperCase() + letters.slice(1).join("") : "";
    }
    return name === "upper" ? text.toUpperCase() : name === "lower" ? text.toLowerCase() : trim(text);
  };

  const evaluate = (node, scope) => {
    const kind = node[0];
    if (kind === "s") return node[1];
    if (kind === "v") return node.slice(2).reduce(own, own(scope, node[1]));
    if (kind === "f") return filtered(node, scope);
    if (kind === "not") return !truthy(evaluate(node[1], scope));
    if (kind === "and" || kind === "or") {
      const left = evaluate(node[1], scope);
      return truthy(left) === (kind === "and") ? evaluate(node[2], scope) : left;
    }
    if (kind === "if") return evaluate(truthy(evaluate(node[1], scope)) ? node[2] : node[3], scope);
    const [left, right] = [evaluate(node[1], scope), evaluate(node[2], scope)];
    if (kind === "in") {
      return Array.isArray(right) ? right.some((item) => same(item, left)) : truthy(right) && asText(right).includes(asText(left));
    }
    return compare(kind, left, right);
  };

  /* --- what the person typed ------------------------------------------------------------------------------- */

  const inputs = [...form.querySelectorAll("[data-path]")];
  const choices = [...form.querySelectorAll("[data-choice]")];
  const branchBox = form.querySelector("#make-branch");
  const sheetBox = form.querySelector("#make-sheet");
  const base = () => own(data.branches, branchBox ? branchBox.value : "") || data.empty;

  const read = (group, path) => asText(path.split(".").reduce(own, group));

  const scopeOf = () => {
    const scope = { ...structuredClone(data.empty), ...structuredClone(base()) };
    for (const input of inputs) {
      const [root, name] = input.dataset.path.split(".");
      if (!isGroup(scope[root])) {
        if (!input.value) continue;
        scope[root] = {};
      }
      scope[root][name] = input.value;
    }
    return scope;
  };

  const chosen = () => Object.fromEntries(choices.map((set) => {
    const picked = [...set.querySelectorAll("input:checked")].map((i) => Number(i.value)).slice(0, Number(set.dataset.high));
    return [set.dataset.choice, picked.length ? picked : Array.from({ length: Number(set.dataset.low) }, (_, n) => n + 1)];
  }));

  const takeBranch = () => {
    const from = base();
    for (const input of inputs) input.value = read(from, input.dataset.path);
    for (const set of choices) {
      const picked = own(from.chosen ?? {}, set.dataset.choice) ?? [];
      for (const input of set.querySelectorAll("input")) {
        input.checked = picked.length ? picked.includes(Number(input.value)) : Number(input.value) <= Number(set.dataset.low);
      }
    }
  };

  /* --- the document ---------------------------------------------------------------------------------------- */

  const PLACE = /\ue000(\d+)\ue001/g;

  const lines = (target, text) => {
    text.split("\n").forEach((line, n) => {
      if (n) target.append(target.ownerDocument.createElement("br"));
      target.append(line);
    });
  };

  class Filler {
    constructor(page, scope, picked) {
      Object.assign(this, { page, scope, picked, missing: new Set() });
    }

    run(root) {
      this.loops(root, this.scope);
      this.options(root);
      this.conditions(root, this.scope);
      this.values(root, this.scope);
    }

    loops(root, scope) {
      for (const template of [...root.querySelectorAll("template[data-for]")]) {
        const [name, over] = data.loops[Number(template.dataset.for)];
        const items = evaluate(over, scope);
        for (const item of Array.isArray(items) ? items.slice(0, 200) : []) {
          const part = this.page.importNode(template.content, true);
          const holder = this.page.createElement("div");
          holder.append(part);
          const inner = { ...scope, [name]: item };
          this.loops(holder, inner);
          this.conditions(holder, inner);
          this.values(holder, inner);
          template.before(...holder.childNodes);
        }
        template.remove();
      }
    }

    comments(root, start) {
      const walker = this.page.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
      const open = [];
      const pairs = [];
      while (walker.nextNode()) {
        const text = walker.currentNode.data;
        if (text.startsWith(`${start}:`)) open.push(walker.currentNode);
        else if (text === `/${start}` && open.length) pairs.push([open.pop(), walker.currentNode]);
      }
      return pairs;
    }

    settle([from, to], keep) {
      if (!from.isConnected && !from.getRootNode().contains(to)) return;
      if (!keep) {
        const [first, last] = [from.parentNode, to.parentNode];
        const range = this.page.createRange();
        range.setStartAfter(from);
        range.setEndBefore(to);
        range.deleteContents();
        if (first !== last && first && last) { // it began in one item of a list and ended in the next
          first.append(...last.childNodes);
          last.remove();
        }
      }
      from.remove();
      to.remove();
    }

    conditions(root, scope) {
      const taken = new Map();
      const truth = (number) => {
        if (!taken.has(number)) {
          const tests = data.conditions[number];
          const hit = tests.findIndex((test) => truthy(evaluate(test, scope)));
          taken.set(number, hit < 0 ? tests.length : hit);
        }
        return taken.get(number);
      };
      for (;;) {
        const pair = this.comments(root, "if")[0]; // the innermost ones come first
        if (!pair) return;
        const [, number, branch] = pair[0].data.split(":").map(Number);
        this.settle(pair, truth(number) === branch);
      }
    }

    options(root) {
      for (;;) {
        const pair = this.comments(root, "o")[0];
        if (!pair) return;
        const [, name, number] = pair[0].data.split(":");
        this.settle(pair, (own(this.picked, name) ?? []).includes(Number(number)));
      }
    }

    value(number, scope) {
      const [node, path] = data.values[number];
      return path === "lacking" ? "" : asText(evaluate(node, scope));
    }

    values(root, scope) {
      for (const place of [...root.querySelectorAll("[data-e]")]) {
        const number = Number(place.dataset.e);
        const text = this.value(number, scope);
        if (trim(text)) {
          const part = this.page.createDocumentFragment();
          lines(part, text);
          place.replaceWith(part);
        } else if (this.hole(data.values[number][1])) {
          place.className = "blank";
          place.removeAttribute("data-e");
        } else {
          place.remove();
        }
      }
      for (const link of [...root.querySelectorAll("a[href]")]) {
        const match = /^\ue000(\d+)\ue001$/.exec(decodeURI(link.getAttribute("href")));
        if (match) {
          const address = trim(this.value(Number(match[1]), scope));
          link.setAttribute("href", /^(?:https?:\/\/|mailto:|tel:)[^\s"<>]+$/i.test(address) ? address : "");
        }
      }
      const walker = this.page.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode()) if (walker.currentNode.data.includes("\ue000")) texts.push(walker.currentNode);
      for (const node of texts) this.plain(node, scope);
    }

    /* Words of the theme's own with places in them: a part between dots whose place is empty goes, and an element
       in which nothing is left. */
    plain(node, scope) {
      const holder = node.parentElement;
      const imprint = data.values[Number(/\ue000(\d+)\ue001/.exec(node.data)[1])][1] === "branch.imprint";
      let empty = false;
      const parts = node.data.split("  ·  ").map((part) => {
        let hollow = false;
        const text = part.replace(PLACE, (_, number) => {
          const said = this.value(Number(number), scope);
          if (!trim(said)) hollow = true;
          return imprint ? said : data.values[Number(number)][1] === "branch.web"
            ? said.replace(/^https?:\/\//, "").replace(/\n/g, ", ") : trim(said).replace(/\n/g, ", ");
        });
        return hollow ? "" : text;
      }).filter((part) => part !== "");
      const text = parts.join("  ·  ");
      if (!trim(text)) empty = true;
      if (empty && imprint && this.hole("branch.imprint")) {
        const line = this.page.createElement("span");
        line.className = "blank";
        line.textContent = BLANK;
        node.replaceWith(line);
      } else if (empty) {
        node.remove();
        if (holder && holder !== this.page.body && !trim(holder.textContent) && !holder.querySelector("img, svg")) holder.remove();
      } else if (imprint) {
        const part = this.page.createDocumentFragment();
        lines(part, text);
        node.replaceWith(part);
      } else {
        node.data = text;
      }
    }

    hole(path) {
      if (!path || data.optional.includes(path) || !ROOTS.includes(path.split(".")[0])) return false;
      this.missing.add(path);
      return true;
    }
  }

  const lacking = (missing, scope) => {
    const found = data.required.filter((path) => missing.has(path) ||
      (path.startsWith("fields.") && Object.hasOwn(data.labels, path) && !trim(read(scope, path))));
    if (data.imprinted && !trim(read(scope, "branch.imprint"))) found.push("branch.imprint");
    return [...new Set(found)].map((path) => data.labels[path] ?? path);
  };

  const sheetName = () => sheetBox ? sheetBox.value : Object.keys(data.shells)[0] ?? "";

  const built = () => {
    const scope = scopeOf();
    const name = sheetName();
    const shell = data.shells[name] ?? { html: {}, body: {}, inner: "" };
    const page = new DOMParser().parseFromString(`<!doctype html><body>${shell.inner}`, "text/html");
    for (const [key, value] of Object.entries(shell.html)) page.documentElement.setAttribute(key, value);
    for (const [key, value] of Object.entries(shell.body)) page.body.setAttribute(key, value);
    const warning = page.querySelector(".not-for-print");
    warning?.remove();
    const filler = new Filler(page, scope, chosen());
    filler.run(page.body);
    const still = lacking(filler.missing, scope);
    if (still.length && warning) {
      const why = warning.querySelector(".not-for-print-why");
      if (why) why.textContent = `${lackingBox.dataset.missing}: ${still.join(", ")}`;
      page.body.prepend(warning);
    }
    const slot = page.querySelector('[data-slot="qr"]');
    if (slot) {
      const code = base().qr_svg;
      if (code) slot.replaceWith(page.importNode(new DOMParser().parseFromString(code, "text/html").body.firstChild, true));
      else (slot.closest(".qr-box") ?? slot).remove();
    }
    page.title = data.title;
    return { page, still, size: data.pages?.[name] };
  };

  const MM = 96 / 25.4;

  const show = () => {
    const { page, still, size } = built();
    lackingBox.textContent = still.length ? `${lackingBox.dataset.words}. ${lackingBox.dataset.missing}: ${still.join(", ")}` : "";
    if (!size) return;
    const target = frame.contentDocument;
    if (!target.querySelector("link")) {
      const sheet = target.createElement("link");
      sheet.rel = "stylesheet";
      sheet.href = new URL(form.dataset.url, document.baseURI).href;
      sheet.addEventListener("load", fit);
      target.head.append(sheet);
      const style = target.createElement("style");
      style.textContent = `@media screen { html { background: #fff; overflow: hidden }
        body { box-sizing: border-box; width: ${size.width}mm; min-height: ${size.height}mm; position: relative; }
        body:not(.none) { padding: ${size.margin}; } }`;
      style.dataset.size = "";
      target.head.append(style);
    }
    for (const name of ["class", "lang", "dir"]) {
      const value = page.documentElement.getAttribute(name);
      if (value === null) target.documentElement.removeAttribute(name); else target.documentElement.setAttribute(name, value);
    }
    const body = target.importNode(page.body, true);
    target.body.replaceWith(body);
    target.title = page.title;
    target.querySelector("style[data-size]").textContent = `@media screen { html { background: #fff; overflow: hidden }
      body { box-sizing: border-box; width: ${size.width}mm; min-height: ${size.height}mm; position: relative; padding: ${size.margin} !important } }`;
    fit();
  };

  const fit = () => {
    const { size } = { size: data.pages?.[sheetName()] };
    const target = frame.contentDocument;
    if (!size || !target.body) return;
    const width = size.width * MM;
    frame.style.width = `${width}px`;
    const pages = Math.max(1, Math.ceil((target.body.scrollHeight - 4) / (size.height * MM)));
    const height = pages * size.height * MM;
    frame.style.height = `${height}px`;
    const scale = Math.min(1, frame.parentElement.clientWidth / width);
    frame.style.transform = `scale(${scale})`;
    frame.parentElement.style.height = `${height * scale}px`;
    const long = [...target.querySelectorAll("[data-fit]")].filter((b) => b.scrollHeight > b.clientHeight + 2 && b.clientHeight > 0)
      .map((b) => b.dataset.fit);
    if (long.length) {
      lackingBox.textContent = [lackingBox.textContent, `${lackingBox.dataset.tooLong}: ${long.join(", ")}`].filter(Boolean).join(". ");
    }
  };

  /* --- words, in and out ----------------------------------------------------------------------------------- */

  const BLOCKS = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "TR", "DT", "DD", "BLOCKQUOTE", "DIV", "SECTION", "HEADER", "TABLE", "UL", "OL", "HR"]);

  const paragraphs = () => { // [{ style, runs: [{ text, bold, italic }] }]
    const { page, still } = built();
    page.querySelector(".not-for-print")?.remove();
    const found = [];
    let current = null;
    const start = (style) => { current = { style, runs: [] }; found.push(current); };
    const add = (text, marks) => {
      if (!current) start("Normal");
      current.runs.push({ text, ...marks });
    };
    const walk = (node, style, marks) => {
      for (const child of node.childNodes) {
        if (child.nodeType === 3) {
          const text = child.data.replace(/[ \t\r\n]+/g, " ");
          if (text !== " " || (current && current.runs.length)) add(text, marks);
        } else if (child.nodeType === 1) {
          if (child.tagName === "svg" || child.tagName === "TITLE" || child.classList.contains("imprint") && !trim(child.textContent)) continue;
          if (child.tagName === "BR") { add("\n", marks); continue; }
          if (child.tagName === "HR") { start(style); add(BLANK, marks); current = null; continue; }
          const inner = { ...marks, bold: marks.bold || ["STRONG", "B", "TH"].includes(child.tagName),
            italic: marks.italic || ["EM", "I"].includes(child.tagName) };
          if (BLOCKS.has(child.tagName)) {
            const heading = /^H([1-6])$/.exec(child.tagName);
            const name = heading ? `Heading${Math.max(1, Number(heading[1]) - 1)}` : style;
            current = null;
            if (child.tagName === "LI") { start("ListParagraph"); add(`${marker(child)}\t`, {}); }
            walk(child, child.tagName === "LI" ? "ListParagraph" : name, inner);
            if (current && heading) current.style = name;
            current = null;
          } else if (child.tagName === "TD" || child.tagName === "TH") {
            walk(child, style, inner);
            add("\t", {});
          } else walk(child, style, inner);
        }
      }
    };
    walk(page.body, "Normal", {});
    const kept = found.filter((p) => trim(p.runs.map((r) => r.text).join("")));
    if (still.length) kept.unshift({ style: "Normal", runs: [{ text: `${lackingBox.dataset.words}. ${lackingBox.dataset.missing}: ${still.join(", ")}`, bold: true }] });
    return kept;
  };

  const marker = (item) => {
    if (item.dataset.marker) return item.dataset.marker;
    if (item.parentElement.tagName !== "OL") return "•";
    const start = Number(item.parentElement.getAttribute("start") ?? 1);
    return `${Number(item.getAttribute("value") ?? start + [...item.parentElement.children].indexOf(item))}.`;
  };

  const asPlain = () => paragraphs().map((p) => trim(p.runs.map((r) => r.text).join("").replace(/ *\n */g, "\n"))).join("\n\n");

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  };

  const save = (name, type, bytes) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type }));
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const crcTable = Uint32Array.from({ length: 256 }, (_, n) => {
    let c = n;
    for (let k = 0; k < 8; k += 1) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
    return c >>> 0;
  });
  const crc32 = (bytes) => {
    let c = 0xffffffff;
    for (const byte of bytes) c = crcTable[(c ^ byte) & 255] ^ (c >>> 8);
    return (c ^ 0xffffffff) >>> 0;
  };

  /* A ZIP of stored entries, dated 1 January 1980. */
  const zip = (entries) => {
    const encoder = new TextEncoder();
    const parts = [];
    const directory = [];
    let offset = 0;
    const header = (signature, fields) => {
      const bytes = new Uint8Array(4 + fields.reduce((n, [size]) => n + size, 0));
      const view = new DataView(bytes.buffer);
      view.setUint32(0, signature, true);
      let at = 4;
      for (const [size, value] of fields) {
        if (size === 2) view.setUint16(at, value, true); else view.setUint32(at, value, true);
        at += size;
      }
      return bytes;
    };
    for (const [name, text] of entries) {
      const [title, bytes] = [encoder.encode(name), encoder.encode(text)];
      const shared = [[2, 20], [2, 0x800], [2, 0], [2, 0], [2, 33], [4, crc32(bytes)], [4, bytes.length], [4, bytes.length], [2, title.length], [2, 0]];
      const local = header(0x04034b50, shared);
      parts.push(local, title, bytes);
      directory.push(header(0x02014b50, [[2, 20], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]), title);
      offset += local.length + title.length + bytes.length;
    }
    const size = directory.reduce((n, part) => n + part.length, 0);
    const end = header(0x06054b50, [[2, 0], [2, 0], [2, entries.length], [2, entries.length], [4, size], [4, offset], [2, 0]]);
    return new Blob([...parts, ...directory, end]);
  };

  const xml = (text) => text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (c) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[c]);

  const docx = () => {
    const run = ({ text, bold, italic }) => {
      const pieces = text.split(/(\n|\t)/).map((t) => t === "\n" ? "<w:br/>" : t === "\t" ? "<w:tab/>" : t ? `<w:t xml:space="preserve">${xml(t)}</w:t>` : "");
      return `<w:r><w:rPr>${bold ? "<w:b/>" : ""}${italic ? "<w:i/>" : ""}</w:rPr>${pieces.join("")}</w:r>`;
    };
    const body = paragraphs().map((p) => `<w:p><w:pPr><w:pStyle w:val="${p.style}"/></w:pPr>${p.runs.map(run).join("")}</w:p>`).join("");
    const space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"';
    const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
    const style = (id, name, more, text, basis = "Normal") => `<w:style w:type="paragraph" ${id === "Normal" ? 'w:default="1" ' : ""}w:styleId="${id}"><w:name w:val="${name}"/>${id === "Normal" ? "" : `<w:basedOn w:val="${basis}"/>`}<w:qFormat/><w:pPr>${more}</w:pPr><w:rPr>${text}</w:rPr></w:style>`;
    const headings = [1, 2, 3, 4, 5].map((n) => style(`Heading${n}`, `heading ${n}`, `<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="${n - 1}"/>`, `<w:b/><w:sz w:val="${[36, 30, 26, 24, 24][n - 1]}"/>`)).join("");
    const styles = `<w:styles ${space}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:sz w:val="24"/><w:lang w:val="${xml(data.language)}"/></w:rPr></w:rPrDefault></w:docDefaults>${style("Normal", "Normal", '<w:spacing w:after="160" w:line="276" w:lineRule="auto"/>', "")}${headings}${style("ListParagraph", "List Paragraph", '<w:tabs><w:tab w:val="left" w:pos="567"/></w:tabs><w:spacing w:after="80"/><w:ind w:left="567" w:hanging="567"/>', "")}</w:styles>`;
    const types = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    const relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    return zip([
      ["[Content_Types].xml", `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${types}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${types}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`],
      ["_rels/.rels", `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`],
      ["docProps/core.xml", `${head}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${xml(data.title)}</dc:title><dc:language>${xml(data.language)}</dc:language></cp:coreProperties>`],
      ["word/_rels/document.xml.rels", `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/styles" Target="styles.xml"/></Relationships>`],
      ["word/styles.xml", head + styles],
      ["word/document.xml", `${head}<w:document ${space}><w:body>${body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1417" w:bottom="1247" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`],
    ]);
  };

  /* --- keeping and passing on ------------------------------------------------------------------------------ */

  const KEY = `toolkit-make:${data.name}`;
  const remember = form.querySelector("#make-remember");

  const state = () => ({ branch: branchBox?.value ?? "", values: Object.fromEntries(inputs.map((i) => [i.dataset.path, i.value])), chosen: chosen() });

  const restore = (saved) => {
    if (!isGroup(saved)) return;
    if (branchBox && typeof saved.branch === "string" && Object.hasOwn(data.branches, saved.branch)) branchBox.value = saved.branch;
    takeBranch();
    for (const input of inputs) {
      const value = own(saved.values, input.dataset.path);
      if (typeof value === "string") input.value = value.slice(0, 5000);
    }
    for (const set of choices) {
      const picked = own(saved.chosen, set.dataset.choice);
      if (Array.isArray(picked)) for (const input of set.querySelectorAll("input")) input.checked = picked.includes(Number(input.value));
    }
  };

  const keep = () => {
    try {
      if (remember.checked) localStorage.setItem(KEY, JSON.stringify(state())); else localStorage.removeItem(KEY);
    } catch { /* storage is switched off */ }
  };

  const fromAddress = () => {
    const fragment = location.hash.slice(1);
    if (!fragment || fragment.length > 50000) return null;
    const asked = new URLSearchParams(fragment);
    if (![...asked.keys()].some((k) => k === "branch" || k.includes(".") || k.startsWith("choice-"))) return null;
    const saved = { branch: asked.get("branch") ?? "", values: {}, chosen: {} };
    for (const [key, value] of asked) {
      if (key.startsWith("choice-")) saved.chosen[key] = value.split(" ").map(Number); else if (key !== "branch") saved.values[key] = value;
    }
    return saved;
  };

  const address = () => {
    const { branch, values, chosen: picked } = state();
    const from = base();
    const said = new URLSearchParams(branch ? { branch } : {});
    for (const [path, value] of Object.entries(values)) if (value !== read(from, path)) said.set(path, value);
    for (const [name, numbers] of Object.entries(picked)) said.set(name, numbers.join(" "));
    const url = new URL(location.href);
    url.hash = said.toString();
    return url.href;
  };

  const say = (words) => { status.textContent = ""; setTimeout(() => { status.textContent = words; }, 30); };

  const actions = {
    print: () => frame.contentWindow.print(),
    copy: async () => { await copy(asPlain()); say(status.dataset.copied); },
    docx: () => save(`${data.name}.docx`, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx()),
    link: async () => { await copy(address()); say(status.dataset.linked); },
    clear: () => {
      remember.checked = false;
      if (branchBox) branchBox.value = "";
      takeBranch();
      keep();
      history.replaceState(null, "", location.pathname + location.search);
      show();
      say(status.dataset.cleared);
    },
  };

  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) actions[button.dataset.do]();
  });
  form.addEventListener("input", (event) => {
    const set = event.target.closest("[data-choice]");
    if (set && event.target.type === "checkbox" && set.querySelectorAll("input:checked").length > Number(set.dataset.high)) event.target.checked = false;
    if (event.target === branchBox) takeBranch();
    keep();
    show();
  });
  window.addEventListener("resize", fit);
  window.addEventListener("hashchange", () => { const saved = fromAddress(); if (saved) { restore(saved); show(); } });

  let saved = fromAddress();
  if (!saved) {
    try { saved = JSON.parse(localStorage.getItem(KEY) ?? "null"); remember.checked = isGroup(saved); } catch { saved = null; }
  }
  takeBranch();
  if (saved) restore(saved);
  box.hidden = false;
  document.querySelector("[data-blank]").hidden = true;
  if (!Object.keys(data.shells).length) frame.closest(".make-preview").hidden = true;
  show();
  window.toolkitMake = { text: asPlain, page: () => built().page.body };
})();
