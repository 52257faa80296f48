/* Makes a branch's document in the browser, from the same tree and by the same rules as the builder
   (toolkit_builder/localise/fill.py). Nothing leaves the device, and nothing is fetched but the file of the branch that
   is picked, which lies beside this one. Words are only ever put in as text; the address can only fill fields. */
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

  const CALENDAR = Symbol("calendar");

  const inWords = (value, style, calendar) => {
    const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(value);
    if (!match) return value;
    const [year, month, day] = match.slice(1).map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    date.setUTCFullYear(year);
    if (year < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return value;
    const parts = { d: String(day), M: calendar.months[month - 1], m: calendar.short[month - 1],
      y: String(year), w: calendar.days[(date.getUTCDay() + 6) % 7] };
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
    if (name === "date") return inWords(text, argument || "date", scope[CALENDAR]);
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
  const variantBox = form.querySelector("#make-variant");
  const tags = Object.keys(data.parts);
  const home = tags.find((tag) => data.parts[tag].language === data.language) ?? tags[0];
  const variantName = () => variantBox ? variantBox.value : Object.keys(data.variants)[0];
  const variant = () => data.variants[variantName()];

  /* The branch that is picked: what its file said, or null. */
  let picked = null;

  const base = (tag) => {
    const part = data.parts[tag];
    const said = own(picked?.own, part.key);
    return { ...part.empty, ...own(picked?.spoken, tag), ...(said ? { fields: said.fields } : {}) };
  };

  const at = (group, path) => path.split(".").reduce(own, group);
  const read = (group, path) => asText(at(group, path));

  /* Lists have a line for each item; a quote is `words | name | role`. */
  const QUOTE = ["text", "name", "role"];
  const inLines = (items) => Array.isArray(items)
    ? items.map((item) => isGroup(item) ? QUOTE.map((key) => asText(own(item, key))).join(" | ").replace(/[ |]+$/, "") : asText(item)).join("\n")
    : asText(items);
  const fromLines = (text, kind) => text.split("\n").map(trim).filter(Boolean).map((line) => {
    const parts = line.split("|").map(trim);
    return kind === "quotes" ? Object.fromEntries(QUOTE.map((key, n) => [key, parts[n] ?? ""])) : line;
  });

  /* What an input holds as long as nobody has typed anything else. */
  const given = (input) => input.dataset.list ? inLines(at(base(tongue(input)), input.dataset.path)) : read(base(tongue(input)), input.dataset.path);
  const tongue = (input) => input.dataset.tag ?? home;

  const scopeOf = (tag) => {
    const scope = structuredClone(base(tag));
    for (const input of inputs) {
      if ((input.dataset.tag ?? tag) !== tag) continue;
      const [root, name] = input.dataset.path.split(".");
      if (input.dataset.list && input.value === given(input)) continue;
      if (!isGroup(scope[root])) {
        if (!input.value) continue;
        scope[root] = {};
      }
      scope[root][name] = input.dataset.list ? fromLines(input.value, input.dataset.list) : input.value;
    }
    scope[CALENDAR] = data.parts[tag].calendar;
    return scope;
  };

  const chosen = () => Object.fromEntries(choices.map((set) => {
    const picked = [...set.querySelectorAll("input:checked")].map((i) => Number(i.value)).slice(0, Number(set.dataset.high));
    return [set.dataset.choice, picked.length ? picked : Array.from({ length: Number(set.dataset.low) }, (_, n) => n + 1)];
  }));

  const takeBranch = () => {
    for (const input of inputs) input.value = given(input);
    const said = Object.assign({}, ...Object.values(data.parts).map((part) => own(own(picked?.own, part.key), "chosen") ?? {}));
    for (const set of choices) {
      const numbers = own(said, set.dataset.choice) ?? [];
      for (const input of set.querySelectorAll("input")) {
        input.checked = numbers.length ? numbers.includes(Number(input.value)) : Number(input.value) <= Number(set.dataset.low);
      }
    }
    const wanted = own(own(picked?.own, data.home), "variant");
    if (variantBox) variantBox.value = own(data.variants, wanted ?? "")?.languages.includes(home) ? wanted : home;
    showTongues();
  };

  const showTongues = () => {
    for (const field of form.querySelectorAll("[data-tongue]")) field.hidden = !variant().languages.includes(field.dataset.tongue);
  };

  /* --- the logo: a file of the person's own, else that of the branch that is picked ------------------------- */

  const LOGO = "data:,logo";
  const MOST_BYTES = 1000000;
  const MOST_POINTS = 16000000;
  const PICTURE = /^data:image\/(?:png|jpeg|svg\+xml);base64,[A-Za-z0-9+/]+={0,2}$/;
  const logoBox = form.querySelector("#make-logo");
  let ownLogo = "";

  const logo = () => ownLogo || picked?.logo || "";
  const isDrawing = (src) => src.startsWith("data:image/svg+xml");

  const putLogo = (page) => {
    for (const image of page.querySelectorAll(`img[src="${LOGO}"]`)) {
      const src = logo();
      if (!src) {
        image.closest(".marked")?.classList.remove("marked");
        image.remove();
        continue;
      }
      const lang = (image.closest("[lang]") ?? page.documentElement).getAttribute("lang");
      const tag = variant().languages.find((t) => data.parts[t].language === lang) ?? variant().languages[0];
      const title = read(scopeOf(tag), "branch.title") || read(scopeOf(tag), "union.name");
      image.setAttribute("src", src);
      image.setAttribute("alt", ownLogo ? title : own(own(picked?.spoken, tag), "logo_alt") ?? title);
      image.classList.toggle("drawn", isDrawing(src));
    }
  };

  /* The shape of a drawing, [wide, high], and the drawing itself; null for what is none. */
  const drawing = (text) => {
    const root = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (root.localName !== "svg" || root.querySelector("parsererror")) return null;
    const view = (root.getAttribute("viewBox") ?? "").trim().split(/[\s,]+/).map(Number);
    const sides = view.length === 4 ? view.slice(2) : ["width", "height"].map((side) => parseFloat(root.getAttribute(side)));
    return sides.every((side) => side > 0) ? { root, sides } : null;
  };

  const textOf = (src) => new TextDecoder().decode(Uint8Array.from(atob(src.slice(src.indexOf(",") + 1)), (c) => c.charCodeAt(0)));

  const asAddress = (bytes, type) => new Promise((done) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => done(reader.result));
    reader.addEventListener("error", () => done(""));
    reader.readAsDataURL(new Blob([bytes], { type }));
  });

  /* A file of the person's own as an address that holds it, or what is wrong with it: `large` or `bad`. */
  const readLogo = async (file) => {
    if (file.size > MOST_BYTES) return ["", "large"];
    const bytes = new Uint8Array(await file.arrayBuffer());
    const begins = (...first) => first.every((byte, n) => bytes[n] === byte);
    const type = begins(0x89, 0x50, 0x4e, 0x47) ? "image/png" : begins(0xff, 0xd8, 0xff) ? "image/jpeg" : "image/svg+xml";
    if (type === "image/svg+xml" && !drawing(new TextDecoder().decode(bytes))) return ["", "bad"];
    const src = await asAddress(bytes, type);
    const image = new Image();
    image.src = src;
    try { await image.decode(); } catch { return ["", "bad"]; }
    return image.naturalWidth * image.naturalHeight > MOST_POINTS ? ["", "large"] : [src, ""];
  };

  const takeLogo = async (file) => {
    const [src, wrong] = await readLogo(file);
    ownLogo = src;
    if (wrong) logoBox.value = "";
    showLogo();
    keep();
    show();
    say(wrong ? status.dataset[wrong] : status.dataset.logo);
  };

  const showLogo = () => { form.querySelector('[data-do="nologo"]').hidden = !ownLogo; };

  const dropLogo = () => {
    ownLogo = "";
    logoBox.value = "";
    showLogo();
  };

  /* The logo for a Word document, which shows no drawing by itself: bytes, ending and size in millimetres, or null. */
  const wordLogo = async () => {
    const src = logo();
    const image = new Image();
    let sides = null;
    let points = null;
    if (!src) return null;
    if (isDrawing(src)) {
      const drawn = drawing(textOf(src));
      if (!drawn) return null;
      sides = drawn.sides;
      const scale = Math.min(48 / sides[0], 18 / sides[1]) / 25.4 * 300;
      points = sides.map((side) => Math.max(1, Math.round(side * scale)));
      if (!drawn.root.getAttribute("viewBox")) drawn.root.setAttribute("viewBox", `0 0 ${sides[0]} ${sides[1]}`);
      drawn.root.setAttribute("width", points[0]);
      drawn.root.setAttribute("height", points[1]);
      image.src = await asAddress(new XMLSerializer().serializeToString(drawn.root), "image/svg+xml");
    } else image.src = src;
    try { await image.decode(); } catch { return null; }
    sides ??= [image.naturalWidth, image.naturalHeight];
    const [wide, high] = sides.map((side) => side * Math.min(48 / sides[0], 18 / sides[1]));
    let found = src;
    if (points) {
      const canvas = Object.assign(document.createElement("canvas"), { width: points[0], height: points[1] });
      const paint = canvas.getContext("2d");
      paint.fillStyle = "#fff";
      paint.fillRect(0, 0, ...points);
      paint.drawImage(image, 0, 0, ...points);
      try { found = canvas.toDataURL("image/png"); } catch { return null; }
    }
    const bytes = Uint8Array.from(atob(found.slice(found.indexOf(",") + 1)), (c) => c.charCodeAt(0));
    return { bytes, ending: found.startsWith("data:image/jpeg") ? "jpeg" : "png", wide, high };
  };

  /* --- branches: their list, and the file of one ------------------------------------------------------------ */

  const branches = new Map((Array.isArray(window.toolkitBranches) ? window.toolkitBranches : []).map(([name, title, region]) => [name, { title, region }]));

  const listBranches = () => {
    if (!branchBox) return;
    if (!branches.size) branchBox.closest(".make-field").hidden = true;
    const groups = new Map();
    for (const [name, { title, region }] of branches) {
      if (!groups.has(region)) groups.set(region, []);
      groups.get(region).push(new Option(title, name));
    }
    for (const [region, options] of groups) {
      if (groups.size === 1 || !region) { branchBox.append(...options); continue; }
      const group = document.createElement("optgroup");
      group.label = region;
      group.append(...options);
      branchBox.append(group);
    }
  };

  /* A script, because a page that was opened as a file may read no other; only names of the list are asked for. */
  const fetchBranch = (name) => new Promise((done) => {
    const known = () => own(window.toolkitBranch, name);
    if (!branches.has(name) || known()) { done(known()); return; }
    const script = document.createElement("script");
    script.src = new URL(`${encodeURIComponent(name)}.js`, new URL(branchBox.dataset.url, document.baseURI)).href;
    script.addEventListener("load", () => done(known()));
    script.addEventListener("error", () => { script.remove(); done(null); });
    document.head.append(script);
  });

  let asked = 0;
  const pickBranch = async (name) => {
    const turn = asked += 1;
    if (branchBox) branchBox.value = branches.has(name) ? name : "";
    box.setAttribute("aria-busy", "true");
    const found = await fetchBranch(name);
    if (turn !== asked) return false;
    picked = found;
    if (branches.has(name) && !found) say(status.dataset.unread);
    takeBranch();
    box.removeAttribute("aria-busy");
    return true;
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
    /* `scopes`: what each language can show; `items`: what loops around a place have named. */
    constructor(page, scopes, options) {
      Object.assign(this, { page, scopes, picked: options, missing: new Map() });
    }

    run(root) {
      this.loops(root, {});
      this.options(root);
      this.conditions(root, {});
      this.values(root, {});
    }

    scope(tag, items) {
      return { ...this.scopes[tag], ...items };
    }

    loops(root, around) {
      for (const template of [...root.querySelectorAll("template[data-for]")]) {
        const [name, over, tag] = data.loops[Number(template.dataset.for)];
        const items = evaluate(over, this.scope(tag, around));
        for (const item of Array.isArray(items) ? items.slice(0, 200) : []) {
          const part = this.page.importNode(template.content, true);
          const holder = this.page.createElement("div");
          holder.append(part);
          const inner = { ...around, [name]: item };
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

    conditions(root, around) {
      const taken = new Map();
      const truth = (number) => {
        if (!taken.has(number)) {
          const [tag, tests] = data.conditions[number];
          const hit = tests.findIndex((test) => truthy(evaluate(test, this.scope(tag, around))));
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

    value(number, around) {
      const [node, path, tag] = data.values[number];
      return path === "lacking" ? "" : asText(evaluate(node, this.scope(tag, around))).replace(/[\ue000\ue001]/g, "");
    }

    address(part, text) {
      part.className = "address";
      const at = text.indexOf("@");
      if (at < 0) part.textContent = text;
      else for (const piece of [text.slice(0, at), text.slice(at)]) part.append(Object.assign(this.page.createElement("span"), { textContent: piece }));
    }

    values(root, around) {
      for (const place of [...root.querySelectorAll("[data-e]")]) {
        const number = Number(place.dataset.e);
        const text = this.value(number, around);
        if (trim(text)) {
          const part = this.page.createElement("span");
          if (data.addresses.includes(data.values[number][1]) && !/[ \t\n\u00a0]/.test(text)) {
            this.address(part, text);
            place.replaceWith(part);
          } else {
            lines(part, text);
            place.replaceWith(...part.childNodes);
          }
        } else if (this.hole(number)) {
          place.className = "blank";
          place.removeAttribute("data-e");
        } else {
          place.remove();
        }
      }
      for (const link of [...root.querySelectorAll("a[href]")]) {
        const match = /^\ue000(\d+)\ue001$/.exec(decodeURI(link.getAttribute("href")));
        if (match) {
          const address = trim(this.value(Number(match[1]), around));
          link.setAttribute("href", /^(?:https?:\/\/|mailto:|tel:)[^\s"<>]+$/i.test(address) ? address : "");
        }
      }
      const walker = this.page.createTreeWalker(root, NodeFilter.SHOW_TEXT);
      const texts = [];
      while (walker.nextNode()) if (walker.currentNode.data.includes("\ue000")) texts.push(walker.currentNode);
      for (const node of texts) this.plain(node, around);
    }

    /* Words of the theme's own with places in them: a part between dots whose place is empty goes, and an element
       in which nothing is left. */
    plain(node, around) {
      const holder = node.parentElement;
      const first = Number(/\ue000(\d+)\ue001/.exec(node.data)[1]);
      const imprint = data.values[first][1] === "branch.imprint";
      let empty = false;
      const parts = node.data.split("  ·  ").map((part) => {
        let hollow = false;
        const text = part.replace(PLACE, (_, number) => {
          const said = this.value(Number(number), around);
          if (!trim(said)) hollow = true;
          return imprint ? said : data.values[Number(number)][1] === "branch.web"
            ? said.replace(/^https?:\/\//, "").replace(/\n/g, ", ") : trim(said).replace(/\n/g, ", ");
        });
        return hollow ? "" : text;
      }).filter((part) => part !== "");
      const text = parts.join("  ·  ");
      if (!trim(text)) empty = true;
      if (empty && imprint && this.hole(first)) {
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

    hole(number) {
      const [, path, tag] = data.values[number];
      if (!path || data.optional.includes(path) || !ROOTS.includes(path.split(".")[0])) return false;
      this.missing.set(`${tag}:${path}`, [tag, path]);
      return true;
    }
  }

  /* What keeps the document from the printer, by the name of the language that it is missed in first. */
  const lacking = (missing, scopes) => {
    const found = new Map();
    for (const tag of variant().languages) {
      const part = data.parts[tag];
      const paths = part.required.filter((path) => missing.has(`${tag}:${path}`) ||
        (path.startsWith("fields.") && Object.hasOwn(part.labels, path) && !trim(read(scopes[tag], path))));
      if (data.imprinted && !trim(read(scopes[tag], "branch.imprint"))) paths.push("branch.imprint");
      for (const path of paths) if (!found.has(path)) found.set(path, part.labels[path] ?? path);
    }
    return [...found.values()];
  };

  const shells = () => data.shells[variantName()] ?? {};
  const sheetName = () => sheetBox && Object.hasOwn(shells(), sheetBox.value) ? sheetBox.value : Object.keys(shells())[0] ?? "";
  const paper = () => data.pages?.[variantName()]?.[sheetName()];

  /* How large a text is set, by its length: as `size` in print/parts/branch.html. */
  const resize = (body) => {
    const weigh = (words) => Array.from(words.replace(/\s+/g, " ").trim()).length;
    const step = (element, name, steps, weight) => {
      const at = steps.split(" ").findIndex((most) => weight < Number(most));
      const size = ["xl", "l", "m"][at] ?? "s";
      element.className = element.className.replace(new RegExp(`\\b${name}-(xl|l|m|s)\\b`), `${name}-${size}`);
    };
    for (const element of body.querySelectorAll("[data-steps]")) {
      const words = element.classList.contains("prose") ? element : element.querySelector(".prose");
      if (!words) continue;
      const lines = [...words.querySelectorAll("*")].filter((e) => /^(BR|P.*|LI.*|H.*)$/i.test(e.tagName)).length;
      step(element, "text", element.dataset.steps, weigh(words.textContent) + words.querySelectorAll(".tick").length + 26 * lines);
    }
    for (const element of body.querySelectorAll("[data-first-steps]")) {
      const [words, first] = [element.querySelector(".prose"), element.querySelector(".prose h2")];
      const range = body.ownerDocument.createRange();
      if (first) { range.setStart(words, 0); range.setEndAfter(first); }
      step(element, "poster", element.dataset.firstSteps, first ? weigh(range.toString()) : 60);
    }
  };

  const built = () => {
    const scopes = Object.fromEntries(variant().languages.map((tag) => [tag, scopeOf(tag)]));
    const shell = shells()[sheetName()] ?? { html: {}, body: {}, inner: "" };
    const page = new DOMParser().parseFromString(`<!doctype html><body>${shell.inner}`, "text/html");
    for (const [key, value] of Object.entries(shell.html)) page.documentElement.setAttribute(key, value);
    for (const [key, value] of Object.entries(shell.body)) page.body.setAttribute(key, value);
    const warning = page.querySelector(".not-for-print");
    warning?.remove();
    const filler = new Filler(page, scopes, chosen());
    filler.run(page.body);
    for (const line of page.querySelectorAll("[data-each]")) { // a name that is the same in both languages stands once
      const seen = new Set();
      for (const part of [...line.children]) if (seen.has(part.textContent)) part.remove(); else seen.add(part.textContent);
    }
    resize(page.body);
    const still = lacking(filler.missing, scopes);
    if (still.length && warning) {
      const why = warning.querySelector(".not-for-print-why");
      if (why) why.textContent = why.textContent.replace(/\ue000\d+\ue001/, () => still.join(", "));
      page.body.prepend(warning);
    }
    const code = picked?.qr;
    for (const slot of page.querySelectorAll('[data-slot="qr"]')) {
      if (code) slot.replaceWith(page.importNode(new DOMParser().parseFromString(code, "text/html").body.firstChild, true));
      else (slot.closest(".qr-box") ?? slot).remove();
    }
    putLogo(page);
    page.title = variant().title;
    return { page, still, size: paper() };
  };

  const MM = 96 / 25.4;

  /* `18mm 25mm 20mm`: top, right, bottom, in millimetres. */
  const margins = (text) => { const found = text.split(/\s+/).map(parseFloat); return [found[0] || 0, found[1] ?? found[0] ?? 0, found[2] ?? found[0] ?? 0]; };

  let lacks = "";

  const show = () => {
    const { page, still, size } = built();
    lacks = still.length ? `${lackingBox.dataset.words}. ${lackingBox.dataset.missing}: ${still.join(", ")}` : "";
    lackingBox.textContent = lacks;
    if (!size) return;
    const target = frame.contentDocument;
    if (!target.querySelector("link")) {
      const sheet = target.createElement("link");
      sheet.rel = "stylesheet";
      // A page that was opened as a file fetches no fonts, so there they come inside the style sheet.
      const name = form.dataset.url.replace(/print\.css$/, location.protocol === "file:" ? "print-alone.css" : "print.css");
      sheet.href = new URL(name, document.baseURI).href;
      sheet.addEventListener("load", fit);
      target.fonts.addEventListener("loadingdone", fit);
      target.head.append(sheet);
      const style = target.createElement("style");
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
    target.querySelector("style[data-size]").textContent = `@media screen {
      html { box-sizing: border-box; width: ${size.width}mm; min-height: ${size.height}mm; padding: ${size.margin} !important; background: #fff; overflow: hidden }
      body { position: relative; min-height: 1px }
      .again { padding-top: var(--before) !important } }`;
    fit();
  };

  /* Whether a box is too small for its words, those aside that have a box of their own in it. */
  const tooSmall = (place) => {
    const others = [...place.querySelectorAll("[data-fit]")];
    for (const other of others) other.style.display = "none";
    const small = place.clientHeight > 0 && place.scrollHeight > place.clientHeight + 2;
    for (const other of others) other.style.display = "";
    return small;
  };

  const fit = () => {
    const size = paper();
    const target = frame.contentDocument;
    if (!size || !target.body) return;
    const width = size.width * MM;
    frame.style.width = `${width}px`;
    const high = size.height * MM;
    const [top, , bottom = top] = margins(size.margin).map((m) => m * MM);
    for (const part of target.querySelectorAll(".again")) {
      part.style.setProperty("--before", "0px");
      const before = part.getBoundingClientRect().top;
      part.style.setProperty("--before", `${Math.ceil((before - top + bottom - 4) / high) * high + top - before}px`);
    }
    const end = target.body.getBoundingClientRect().bottom + bottom;
    const pages = Math.max(1, Math.ceil((end - 4) / high));
    const height = pages * high;
    frame.style.height = `${height}px`;
    const scale = Math.min(1, frame.parentElement.clientWidth / width);
    frame.style.transform = `scale(${scale})`;
    frame.parentElement.style.height = `${height * scale}px`;
    const long = [...target.querySelectorAll("[data-fit]")].filter(tooSmall).map((b) => b.dataset.fit);
    if (size.most && pages > size.most) long.push(lackingBox.dataset.pages.replace("{n}", size.most));
    lackingBox.textContent = [lacks, long.length ? `${lackingBox.dataset.tooLong}: ${[...new Set(long)].join(", ")}` : ""].filter(Boolean).join(". ");
  };

  /* --- words, in and out ----------------------------------------------------------------------------------- */

  const BLOCKS = new Set(["P", "H1", "H2", "H3", "H4", "H5", "H6", "LI", "TR", "DT", "DD", "BLOCKQUOTE", "DIV", "SECTION", "HEADER", "TABLE", "UL", "OL", "HR"]);

  /* A paragraph is { style, runs: [{ text, bold, italic, lang }] }; languages side by side are { columns: [paragraphs ...] }. */
  const paragraphs = () => {
    const { page, still } = built();
    page.querySelector(".not-for-print")?.remove();
    let found = [];
    let current = null;
    let mark = null;
    const start = (style) => { current = { style, runs: mark ? [mark] : [] }; mark = null; found.push(current); };
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
          if (child.tagName === "IMG") { if (child.src === logo()) mark = { text: "", logo: child.alt }; continue; }
          if (child.tagName === "BR") { add("\n", marks); continue; }
          if (child.tagName === "HR") { start(style); add(BLANK, marks); current = null; continue; }
          if (child.classList.contains("both")) {
            const outer = found;
            const columns = [...child.children].map((part) => {
              found = [];
              current = null;
              walk(part, style, { ...marks, lang: part.lang });
              return found;
            });
            found = outer;
            found.push({ columns });
            current = null;
            continue;
          }
          const inner = { ...marks, lang: child.lang || marks.lang, bold: marks.bold || ["STRONG", "B", "TH"].includes(child.tagName),
            italic: marks.italic || ["EM", "I"].includes(child.tagName) };
          if (BLOCKS.has(child.tagName)) {
            const heading = /^H([1-6])$/.exec(child.tagName);
            const name = heading ? `Heading${Math.max(1, Number(heading[1]) - 1)}` : style;
            current = null;
            if (child.classList.contains("again")) found.push({ style, runs: [], page: true });
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
    walk(page.body, "Normal", { lang: page.documentElement.lang });
    const said = (list) => list.filter((p) => p.page || trim(p.runs.map((r) => r.text).join("")));
    const kept = found.flatMap((p) => p.columns ? [{ columns: p.columns.map(said) }] : said([p]));
    if (still.length) kept.unshift({ style: "Normal", runs: [{ text: `${lackingBox.dataset.words}. ${lackingBox.dataset.missing}: ${still.join(", ")}`, bold: true }] });
    return kept;
  };

  const marker = (item) => {
    if (item.dataset.marker) return item.dataset.marker;
    if (item.parentElement.tagName !== "OL") return "•";
    const start = Number(item.parentElement.getAttribute("start") ?? 1);
    return `${Number(item.getAttribute("value") ?? start + [...item.parentElement.children].indexOf(item))}.`;
  };

  const asPlain = () => paragraphs().flatMap((p) => p.columns ? p.columns.flat() : [p]).filter((p) => !p.page).map((p) => trim(p.runs.map((r) => r.text).join("").replace(/ *\n */g, "\n"))).join("\n\n");

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
      const [title, bytes] = [encoder.encode(name), typeof text === "string" ? encoder.encode(text) : text];
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

  const docx = async () => {
    const main = data.parts[variant().languages[0]].language;
    const picture = await wordLogo();
    let pictures = 0;
    /* At the right margin, beside the words of its paragraph. */
    const drawn = (alt) => {
      if (!picture) return "";
      pictures += 1;
      const [cx, cy] = [picture.wide, picture.high].map((mm) => Math.round(mm * 36000));
      const described = `id="${pictures}" name="Logo" descr="${xml(alt)}"`;
      return `<w:r><w:drawing><wp:anchor distT="0" distB="0" distL="180000" distR="0" simplePos="0" relativeHeight="1" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="0"><wp:simplePos x="0" y="0"/><wp:positionH relativeFrom="margin"><wp:align>right</wp:align></wp:positionH><wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="${cx}" cy="${cy}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapSquare wrapText="left"/><wp:docPr ${described}/><wp:cNvGraphicFramePr/><a:graphic xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:nvPicPr><pic:cNvPr ${described}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="rId2"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="${cx}" cy="${cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>`;
    };
    const run = ({ text, bold, italic, lang, logo: alt }) => {
      if (alt !== undefined) return drawn(alt);
      const pieces = text.split(/(\n|\t)/).map((t) => t === "\n" ? "<w:br/>" : t === "\t" ? "<w:tab/>" : t ? `<w:t xml:space="preserve">${xml(t)}</w:t>` : "");
      return `<w:r><w:rPr>${bold ? "<w:b/>" : ""}${italic ? "<w:i/>" : ""}${lang && lang !== main ? `<w:lang w:val="${xml(lang)}"/>` : ""}</w:rPr>${pieces.join("")}</w:r>`;
    };
    const block = (p) => p.page ? '<w:p><w:r><w:br w:type="page"/></w:r></w:p>'
      : `<w:p><w:pPr><w:pStyle w:val="${p.style}"/></w:pPr>${p.runs.map(run).join("")}</w:p>`;
    const abreast = ({ columns }) => {
      const width = Math.floor(9070 / columns.length);
      const cells = columns.map((list) => `<w:tc><w:tcPr><w:tcW w:w="${width}" w:type="dxa"/></w:tcPr>${list.map(block).join("") || "<w:p/>"}</w:tc>`);
      return `<w:tbl><w:tblPr><w:tblW w:w="9070" w:type="dxa"/></w:tblPr><w:tblGrid>${columns.map(() => `<w:gridCol w:w="${width}"/>`).join("")}</w:tblGrid><w:tr>${cells.join("")}</w:tr></w:tbl><w:p/>`;
    };
    const body = paragraphs().map((p) => p.columns ? abreast(p) : block(p)).join("");
    const relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    const space = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:r="${relation}"`;
    const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
    const style = (id, name, more, text, basis = "Normal") => `<w:style w:type="paragraph" ${id === "Normal" ? 'w:default="1" ' : ""}w:styleId="${id}"><w:name w:val="${name}"/>${id === "Normal" ? "" : `<w:basedOn w:val="${basis}"/>`}<w:qFormat/><w:pPr>${more}</w:pPr><w:rPr>${text}</w:rPr></w:style>`;
    const headings = [1, 2, 3, 4, 5].map((n) => style(`Heading${n}`, `heading ${n}`, `<w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="${n - 1}"/>`, `<w:b/><w:sz w:val="${[36, 30, 26, 24, 24][n - 1]}"/>`)).join("");
    const styles = `<w:styles ${space}><w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:cs="Arial"/><w:sz w:val="24"/><w:lang w:val="${xml(main)}"/></w:rPr></w:rPrDefault></w:docDefaults>${style("Normal", "Normal", '<w:spacing w:after="160" w:line="276" w:lineRule="auto"/>', "")}${headings}${style("ListParagraph", "List Paragraph", '<w:tabs><w:tab w:val="left" w:pos="567"/></w:tabs><w:spacing w:after="80"/><w:ind w:left="567" w:hanging="567"/>', "")}</w:styles>`;
    const types = "application/vnd.openxmlformats-officedocument.wordprocessingml";
    return zip([
      ["[Content_Types].xml", `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="jpeg" ContentType="image/jpeg"/><Override PartName="/word/document.xml" ContentType="${types}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${types}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`],
      ["_rels/.rels", `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`],
      ["docProps/core.xml", `${head}<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${xml(variant().title)}</dc:title><dc:language>${xml(main)}</dc:language></cp:coreProperties>`],
      ["word/_rels/document.xml.rels", `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relation}/styles" Target="styles.xml"/>${picture ? `<Relationship Id="rId2" Type="${relation}/image" Target="media/logo.${picture.ending}"/>` : ""}</Relationships>`],
      ...(picture ? [[`word/media/logo.${picture.ending}`, picture.bytes]] : []),
      ["word/styles.xml", head + styles],
      ["word/document.xml", `${head}<w:document ${space}><w:body>${body}<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1247" w:right="1417" w:bottom="1247" w:left="1417" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr></w:body></w:document>`],
    ]);
  };

  /* --- keeping and passing on ------------------------------------------------------------------------------ */

  const KEY = `toolkit-make:${data.name}`;
  const remember = form.querySelector("#make-remember");

  /* An input goes by its path; in another language than the page's, by `cy:branch.employer`. */
  const nameOf = (input) => !input.dataset.tag || input.dataset.tag === home ? input.dataset.path : `${input.dataset.tag}:${input.dataset.path}`;

  const state = () => ({ branch: branchBox?.value ?? "", variant: variantName(), size: sheetName(),
    values: Object.fromEntries(inputs.map((i) => [nameOf(i), i.value])), chosen: chosen(), logo: ownLogo });

  const restore = async (saved) => {
    if (!isGroup(saved)) return;
    if (!await pickBranch(typeof saved.branch === "string" ? saved.branch : "")) return;
    if (variantBox && typeof saved.variant === "string" && Object.hasOwn(data.variants, saved.variant)) variantBox.value = saved.variant;
    if (sheetBox && [...sheetBox.options].some((o) => o.value === saved.size)) sheetBox.value = saved.size;
    showTongues();
    for (const input of inputs) {
      const value = own(saved.values, nameOf(input));
      if (typeof value === "string") input.value = value.slice(0, 5000);
    }
    if (typeof saved.logo === "string" && PICTURE.test(saved.logo)) ownLogo = saved.logo;
    showLogo();
    for (const set of choices) {
      const numbers = own(saved.chosen, set.dataset.choice);
      if (!Array.isArray(numbers)) continue;
      const wanted = [...new Set(numbers)].filter((n) => set.querySelector(`input[value="${Number(n) || 0}"]`)).slice(0, Number(set.dataset.high));
      if (wanted.length) for (const input of set.querySelectorAll("input")) input.checked = wanted.includes(Number(input.value));
    }
    show();
  };

  /* A large logo may be more than there is room for: then the words are kept without it. */
  const keep = () => {
    const write = (said) => {
      try { localStorage.setItem(KEY, JSON.stringify(said)); } catch { return false; }
      return true;
    };
    if (!remember.checked) {
      try { localStorage.removeItem(KEY); } catch { /* storage is switched off */ }
    } else if (!write(state()) && !(ownLogo && write({ ...state(), logo: "" }))) say(status.dataset.unkept);
  };

  const fromAddress = () => {
    const fragment = location.hash.slice(1);
    if (!fragment || fragment.length > 50000) return null;
    const asked = new URLSearchParams(fragment);
    if (![...asked.keys()].some((k) => ["branch", "language", "size"].includes(k) || k.includes(".") || k.startsWith("choice-"))) return null;
    const pairs = [...asked];
    const numbers = pairs.filter(([key]) => key.startsWith("choice-")).map(([key, value]) => [key, value.split(" ").map(Number)]);
    return { branch: asked.get("branch") ?? "", variant: asked.get("language") ?? "", size: asked.get("size") ?? "",
      values: Object.fromEntries(pairs), chosen: Object.fromEntries(numbers) };
  };

  const address = () => {
    const { branch, values, chosen: numbers } = state();
    const said = new URLSearchParams(branch ? { branch } : {});
    if (variantBox) said.set("language", variantName());
    if (sheetBox) said.set("size", sheetName());
    for (const input of inputs) if (input.value !== given(input)) said.set(nameOf(input), values[nameOf(input)]);
    for (const [name, list] of Object.entries(numbers)) said.set(name, list.join(" "));
    const url = new URL(location.href);
    url.hash = said.toString();
    return url.href;
  };

  const say = (words) => { status.textContent = ""; setTimeout(() => { status.textContent = words; }, 30); };

  const actions = {
    print: () => frame.contentWindow.print(),
    copy: async () => { await copy(asPlain()); say(status.dataset.copied); },
    docx: async () => save(`${data.name}.docx`, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", await docx()),
    nologo: () => { dropLogo(); keep(); show(); },
    link: async () => { await copy(address()); say(status.dataset.linked); },
    clear: async () => {
      remember.checked = false;
      dropLogo();
      await pickBranch("");
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
    if (event.target === logoBox) { if (logoBox.files.length) takeLogo(logoBox.files[0]); return; }
    if (event.target === branchBox) { pickBranch(branchBox.value).then((done) => { if (done) { keep(); show(); } }); return; }
    if (event.target === variantBox) showTongues();
    keep();
    show();
  });
  window.addEventListener("resize", fit);
  window.addEventListener("hashchange", () => { const saved = fromAddress(); if (saved) restore(saved); });

  let saved = fromAddress();
  if (!saved) {
    try { saved = JSON.parse(localStorage.getItem(KEY) ?? "null"); remember.checked = isGroup(saved); } catch { saved = null; }
  }
  listBranches();
  takeBranch();
  box.hidden = false;
  document.querySelector("[data-blank]").hidden = true;
  form.querySelector("[data-logo]").hidden = !Object.values(data.shells).some((papers) => Object.values(papers).some((paper) => paper.inner.includes(LOGO)));
  if (!Object.keys(data.shells).length) frame.closest(".make-preview").hidden = true;
  show();
  if (saved) restore(saved);
  window.toolkitMake = { text: asPlain, page: () => built().page.body };
})();
