/* The workload health check on screen: a result in words and a chart, a CSV file, and several files added up. Nothing
   is fetched and nothing leaves the device; words are only ever put in as text. */
(() => {
  "use strict";

  const source = document.getElementById("make-data");
  const form = document.querySelector("[data-survey]");
  if (!source || !form) return;
  const { questions, name, language } = JSON.parse(source.textContent);
  const result = document.querySelector("[data-result]");
  const team = document.querySelector("[data-team]");
  const status = form.querySelector(".make-status");
  const LEAST = 5;
  const all = {
    en: { concern: "Cause for concern", fine: "No cause for concern here", noted: "Your answer", unanswered: "Not answered",
      question: "Question", answer: "Answer", of: "{n} of the {total} questions that you answered show a cause for concern.",
      none: "None of the {total} questions that you answered shows a cause for concern.", nothing: "Answer a question first.",
      talk: "Talk to your steward about it.", yes: "Yes", no: "No", average: "Average {n}", people: "{n} answers",
      few: "Only {n} people have answered. A result is shown when at least {least} have.", bad: "{file} is not a file of this health check.",
      twice: "{file} was chosen twice and is counted once.", sum: "{n} colleagues together.", share: "{n} of {total} with a cause for concern",
      large: "{file} is too large for a file of this health check.", odd: "{file}: {n} answers cannot be read and are left out.",
      alike: "{file} has the same answers as {other}. Both are counted; take one out if they are of one person.",
      cleared: "Cleared", chart: "Share of answers that show a cause for concern, by question", words: "What people wrote", column: "Concern" },
    cy: { concern: "Achos pryder", fine: "Dim achos pryder yma", noted: "Eich ateb", unanswered: "Heb ei ateb",
      question: "Cwestiwn", answer: "Ateb", of: "Mae {n} o'r {total} cwestiwn a atebwyd gennych yn dangos achos pryder.",
      none: "Nid oes yr un o'r {total} cwestiwn a atebwyd gennych yn dangos achos pryder.", nothing: "Atebwch gwestiwn yn gyntaf.",
      talk: "Siaradwch â'ch stiward.", yes: "Ydw", no: "Nac ydw", average: "Cyfartaledd {n}", people: "{n} ateb",
      few: "Dim ond {n} sydd wedi ateb. Dangosir canlyniad pan fydd o leiaf {least} wedi ateb.", bad: "Nid ffeil o'r arolwg hwn yw {file}.",
      twice: "Dewiswyd {file} ddwywaith; fe'i cyfrifir unwaith.", sum: "{n} cydweithiwr gyda'i gilydd.", share: "{n} o {total} ag achos pryder",
      large: "Mae {file} yn rhy fawr i fod yn ffeil o'r arolwg hwn.", odd: "{file}: ni ellir darllen {n} ateb, ac fe'u hepgorir.",
      alike: "Yr un atebion sydd yn {file} ac yn {other}. Cyfrifir y ddau; tynnwch un allan os ydynt gan yr un person.",
      cleared: "Wedi'i glirio", chart: "Cyfran yr atebion sy'n dangos achos pryder, fesul cwestiwn", words: "Yr hyn a ysgrifennodd pobl", column: "Pryder" },
  };
  const say = all[language.split("-")[0]] ?? all.en;
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, key) => String(values[key] ?? ""));

  const make = (tag, text = "", ...children) => {
    const element = document.createElement(tag);
    element.textContent = text;
    element.append(...children);
    return element;
  };

  /* What somebody answered, question by question; "" for nothing. */
  const answers = () => questions.map((q, n) => {
    const field = form.elements[`q${n + 1}`];
    return field instanceof RadioNodeList || field ? String(field.value ?? "").trim() : "";
  });

  const worded = (q, value) => q.type === "yes-no" ? { yes: say.yes, no: say.no }[value] ?? value : q.type === "scale" ? `${value} / 5` : value;

  /* The thresholds are those of the guidance: numbers are for a person to judge, so only the others are judged here. */
  const worrying = (q, value) => {
    if (!value || !q.concern) return false;
    if (q.type === "scale") return q.concern === "high" ? Number(value) >= 4 : q.concern === "low" && Number(value) <= 2;
    return ["yes-no", "choice"].includes(q.type) && value.toLowerCase() === q.concern;
  };
  const judged = (q) => Boolean(q.concern) && q.type !== "number" && q.type !== "text";

  const table = (heads, rows) => {
    const body = make("tbody", "", ...rows.map((cells) => make("tr", "", ...cells.map((cell, n) => {
      const element = make(n ? "td" : "th", cell);
      if (!n) element.scope = "row";
      return element;
    }))));
    const head = make("tr", "", ...heads.map((text) => Object.assign(make("th", text), { scope: "col" })));
    return make("table", "", make("thead", "", head), body);
  };

  /* Bars with their numbers beside them; the table says the same in words. */
  const chart = (items) => {
    const NS = "http://www.w3.org/2000/svg";
    const draw = (tag, attributes, text = "") => {
      const element = document.createElementNS(NS, tag);
      for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      element.textContent = text;
      return element;
    };
    const svg = draw("svg", { viewBox: `0 0 480 ${items.length * 26 + 6}`, class: "survey-chart", role: "img", width: 480 });
    svg.append(draw("title", {}, say.chart));
    items.forEach(([label, share, said], n) => {
      const y = n * 26 + 4;
      svg.append(draw("text", { x: 0, y: y + 15 }, label),
        draw("rect", { x: 40, y, width: 300, height: 20, fill: "none", stroke: "currentColor" }),
        draw("rect", { x: 40, y, width: Math.round(300 * share), height: 20, fill: "#b00020" }),
        draw("text", { x: 350, y: y + 15 }, said));
    });
    return svg;
  };

  const show = () => {
    const given = answers();
    const answered = given.filter(Boolean).length;
    if (!answered) { status.textContent = say.nothing; return; }
    status.textContent = "";
    const flags = questions.map((q, n) => worrying(q, given[n]));
    const count = flags.filter(Boolean).length;
    const rows = questions.map((q, n) => [`${n + 1}. ${q.ask}`, given[n] ? worded(q, given[n]) : say.unanswered,
      flags[n] ? say.concern : judged(q) && given[n] ? say.fine : given[n] ? say.noted : ""]);
    result.querySelector("[data-summary]").replaceChildren(
      make("p", `${fill(count ? say.of : say.none, { n: count, total: answered })} ${say.talk}`));
    const bars = questions.flatMap((q, n) => q.type === "scale" && given[n]
      ? [[`${n + 1}.`, (q.concern === "low" ? 5 - Number(given[n]) : Number(given[n]) - 1) / 4, `${given[n]} / 5`]] : []);
    result.querySelector("[data-chart]").replaceChildren(...(bars.length ? [chart(bars)] : []), table([say.question, say.answer, say.column], rows));
    result.hidden = false;
    result.querySelector("h2").focus();
  };

  /* --- files ----------------------------------------------------------------------------------------------- */

  const defused = (text) => /^[\s]*[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text;
  const cell = (text) => `"${defused(text).replaceAll('"', '""')}"`;

  const csv = () => `\ufeff${questions.map((q) => cell(q.ask)).join(",")}\r\n${answers().map(cell).join(",")}\r\n`;

  /* What a spreadsheet saves: UTF-8, UTF-16 with its mark, or Windows-1252. */
  const decoded = (bytes) => {
    if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
    if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder("utf-16be").decode(bytes);
    try {
      return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    } catch {
      return new TextDecoder("windows-1252").decode(bytes);
    }
  };

  const parsed = (whole) => {
    const text = whole.replace(/\r\n?/g, "\n");
    const rows = [[]];
    let value = "";
    let quoted = false;
    let any = false;
    const first = text.split("\n", 1)[0].replace(/"[^"]*"/g, "");
    const separator = [",", ";", "\t"].reduce((most, mark) => first.split(mark).length > first.split(most).length ? mark : most);
    for (let n = text.charCodeAt(0) === 0xfeff ? 1 : 0; n < text.length; n += 1) {
      const c = text[n];
      if (quoted) {
        if (c === '"' && text[n + 1] === '"') { value += c; n += 1; } else if (c === '"') quoted = false; else value += c;
      } else if (c === '"' && !value) { quoted = true; any = true; } else if (c === separator || c === "\n") {
        rows.at(-1).push(value);
        value = "";
        if (c === "\n") rows.push([]);
      } else value += c;
    }
    if (value || any && rows.at(-1).length) rows.at(-1).push(value);
    return rows.filter((row) => row.some((v) => v.trim()));
  };

  const save = (text) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    link.download = `${name}.csv`;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const same = (one, other) => one.replace(/^'/, "").replace(/\s+/g, " ").trim() === other.replace(/\s+/g, " ").trim();

  /* Whether a question can be answered so: what somebody else's program or hand has written is not taken on trust. */
  const possible = (q, value) => {
    if (!value || q.type === "text") return true;
    if (q.type === "scale") return /^[1-5]$/.test(value);
    if (q.type === "number") return /^\d{1,6}(?:[.,]\d+)?$/.test(value);
    if (q.type === "yes-no") return ["yes", "no"].includes(value.toLowerCase());
    return !q.options?.length || q.options.includes(value);
  };

  const addUp = async (files) => {
    const shown = team.querySelector("[data-team-result]");
    const notes = [];
    const people = [];
    const seen = new Map();
    for (const file of files) {
      if (file.size > 1000000) { notes.push(fill(say.large, { file: file.name })); continue; }
      let text = "";
      try { text = decoded(new Uint8Array(await file.arrayBuffer())); } catch { /* it went away, or may not be read */ }
      const rows = parsed(text);
      const asked = rows.shift() ?? [];
      const places = questions.map((q) => asked.findIndex((t) => same(t, q.ask)));
      if (!rows.length || places.every((p) => p < 0)) { notes.push(fill(say.bad, { file: file.name })); continue; }
      const other = seen.get(text);
      if (other === file.name) { notes.push(fill(say.twice, { file: file.name })); continue; }
      if (other !== undefined) notes.push(fill(say.alike, { file: file.name, other }));
      seen.set(text, file.name);
      let odd = 0;
      for (const row of rows) {
        const given = places.map((p) => (p < 0 ? "" : (row[p] ?? "").replace(/^'/, "").trim()));
        odd += given.filter((v, n) => !possible(questions[n], v)).length;
        people.push(given.map((v, n) => possible(questions[n], v) ? v : ""));
      }
      if (odd) notes.push(fill(say.odd, { file: file.name, n: odd }));
    }
    const parts = notes.map((text) => make("p", text));
    if (people.length < LEAST) {
      shown.replaceChildren(...parts, make("p", fill(say.few, { n: people.length, least: LEAST })));
      return;
    }
    const bars = [];
    const words = [];
    const rows = questions.map((q, n) => {
      const given = people.map((p) => p[n]).filter(Boolean);
      const flags = given.filter((v) => worrying(q, v)).length;
      if (judged(q) && given.length) bars.push([`${n + 1}.`, flags / given.length, `${flags} / ${given.length}`]);
      if (q.type === "text") words.push(...given);
      const numbers = given.map((v) => Number(v.replace(",", "."))).filter((v) => Number.isFinite(v));
      const average = numbers.length ? (numbers.reduce((a, b) => a + b, 0) / numbers.length).toFixed(1) : "";
      const counted = q.type === "text" ? fill(say.people, { n: given.length })
        : ["scale", "number"].includes(q.type) ? `${fill(say.average, { n: average })}, ${fill(say.people, { n: given.length })}`
          : [...new Set(given)].map((v) => `${worded(q, v)}: ${given.filter((g) => g === v).length}`).join("; ");
      return [`${n + 1}. ${q.ask}`, counted, judged(q) && given.length ? fill(say.share, { n: flags, total: given.length }) : ""];
    });
    parts.push(make("p", fill(say.sum, { n: people.length })));
    if (bars.length) parts.push(chart(bars));
    parts.push(table([say.question, say.answer, say.column], rows));
    if (words.length) parts.push(make("h3", say.words), make("ul", "", ...words.map((text) => make("li", text))));
    shown.replaceChildren(...parts);
  };

  const actions = {
    result: show,
    csv: () => save(csv()),
    print: () => window.print(),
    clear: () => { form.reset(); result.hidden = true; status.textContent = say.cleared; },
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-do]");
    if (button) actions[button.dataset.do]();
  });
  team.querySelector("input[type=file]").addEventListener("change", (event) => addUp([...event.target.files]));
  form.querySelector("[data-buttons]").hidden = false;
  team.hidden = false;
})();
