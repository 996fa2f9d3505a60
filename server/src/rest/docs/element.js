// Elements made by hand. Whatever comes from the document or from an answer goes in as text, never as HTML.

export function element(name, attributes, ...content) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...content.flat().filter((part) => part !== null && part !== undefined && part !== false));
  return made;
}

// What is between backticks is code, and what is between two asterisks is strong.
function inline(text) {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.length > 2 && part.startsWith("`")) return element("code", {}, part.slice(1, -1));
    if (part.length > 4 && part.startsWith("**")) return element("strong", {}, part.slice(2, -2));
    return part;
  });
}

// Paragraphs and lists of one level: all that the comments use.
export function prose(text) {
  return (text ?? "").split("\n\n").filter(Boolean).map((block) => {
    const lines = block.split("\n");
    if (!lines.every((line) => line.startsWith("- "))) return element("p", {}, inline(block));
    return element("ul", {}, lines.map((line) => element("li", {}, inline(line.slice(2)))));
  }).reduce((blocks, block) => {
    const last = blocks.at(-1);
    if (last?.tagName === "UL" && block.tagName === "UL") last.append(...block.children);
    else blocks.push(block);
    return blocks;
  }, []);
}

export function phrase(text) {
  return inline(text ?? "");
}

// JSON in colours: names, texts, numbers and words in spans of their own.
export function colored(text) {
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)|\b(true|false|null)\b/g;
  const parts = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    parts.push(text.slice(at, match.index));
    const kind = match[1] ? (match[2] ? "name" : "text") : match[3] ? "number" : "word";
    parts.push(element("span", { class: `json-${kind}` }, match[1] ?? match[0]));
    if (match[2]) parts.push(match[2]);
    at = match.index + match[0].length;
  }
  parts.push(text.slice(at));
  return parts;
}

export function json(value) {
  return element("pre", { class: "code", tabindex: "0" }, element("code", {}, colored(JSON.stringify(value, null, 2))));
}

// A text with a button that copies it.
export function copyable(label, text, content) {
  const button = element("button", { type: "button", class: "copy", "aria-label": `Copy ${label}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(typeof text === "function" ? text() : text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Not allowed";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 1500);
  });
  return element("div", { class: "copyable" }, button, content);
}
