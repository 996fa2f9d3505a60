// One method: what it does, what it takes, what it answers, and the form to try it.

import { attempt } from "./attempt.js";
import { media } from "./api.js";
import { copyable, element, json, phrase, prose } from "./element.js";
import { fields, parameterRows, typeName } from "./schema.js";

export function methodView(api, method, key) {
  const operation = method.main;
  const read = element("article", { class: "read" },
    element("p", { class: "where" }, method.service),
    element("h1", { tabindex: "-1" }, method.name),
    element("ul", { class: "routes" }, method.bindings.map((binding) => element("li", {}, verb(binding.verb), element("code", {}, pathParts(binding.path))))),
    element("div", { class: "said lead" }, prose(operation.description)));
  const parameters = all(api, method);
  if (parameters.length > 0) read.append(part("Parameters", parameterRows(api, parameters)));
  const body = media(api.resolve(operation.requestBody)?.content);
  if (body) {
    read.append(part("Body", fields(api, body.schema, true), body.example && example("Example of a body", body.example)));
  }
  read.append(answers(api, operation), refusals(api, operation));
  const form = attempt(api, method, key);
  const jump = element("button", { type: "button", class: "jump" }, "Try it");
  jump.addEventListener("click", () => form.scrollIntoView());
  read.querySelector("h1").after(jump);
  return element("div", { class: "method" }, read, form);
}

export function verb(name) {
  return element("span", { class: `verb ${name.toLowerCase()}` }, name);
}

// The captures of a path stand out.
function pathParts(path) {
  return path.split(/(\{[^}]+\})/).map((piece) => piece.startsWith("{") ? element("var", {}, piece) : piece);
}

// The parameters of all ways to reach a method, each once.
function all(api, method) {
  const seen = new Map();
  for (const binding of method.bindings) {
    for (const given of binding.operation.parameters ?? []) {
      const parameter = api.resolve(given);
      const id = `${parameter.in} ${parameter.name}`;
      if (!seen.has(id)) seen.set(id, parameter);
    }
  }
  return [...seen.values()];
}

function part(title, ...content) {
  return element("section", { class: "part" }, element("h2", {}, title), content);
}

function example(title, value) {
  return element("details", { class: "command" }, element("summary", {}, title), copyable(title.toLowerCase(), JSON.stringify(value, null, 2), json(value)));
}

function answers(api, operation) {
  const response = api.resolve(operation.responses["200"]);
  const content = media(response.content);
  const section = part("Answer", element("div", { class: "said" }, prose(response.description)));
  if (response.content["application/x-ndjson"]) {
    section.append(element("p", {}, "A stream: one JSON message a line, or Server-Sent Events where ",
      element("code", {}, "Accept: text/event-stream"), " asks for them."));
  }
  if (content) {
    section.append(element("p", { class: "quiet" }, typeName(api, content.schema), ", as ", element("code", {}, content.type)));
    section.append(fields(api, content.schema, false));
    if (content.example) section.append(example("Example of an answer", content.example));
  }
  return section;
}

function refusals(api, operation) {
  const section = part("Errors");
  for (const [status, given] of Object.entries(operation.responses)) {
    if (status < 400) continue;
    const response = api.resolve(given);
    const examples = media(response.content)?.examples;
    const rows = !examples ? prose(response.description) : Object.entries(examples).map(([name, reference]) => {
      const { summary, value } = api.resolve(reference);
      const about = element("details", {}, element("summary", {}, element("code", {}, name), element("span", {}, phrase(summary))));
      about.addEventListener("toggle", () => {
        if (about.open && about.childElementCount === 1) about.append(json(value));
      });
      return about;
    });
    section.append(element("div", { class: "refusal" }, element("h3", {}, status), element("div", {}, rows)));
  }
  return section;
}
