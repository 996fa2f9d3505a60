// The form to try a method: what goes into the request, the commands that send the same, and the answer.

import { curl, grpcurl } from "./commands.js";
import { media } from "./api.js";
import { colored, copyable, element } from "./element.js";
import { enumValues, typeName } from "./schema.js";

const LONGEST = 200_000;

export function attempt(api, method, key) {
  let binding = method.bindings[0];
  const panel = element("form", { class: "attempt", "aria-label": "Try it", novalidate: true });
  const inputs = element("div", { class: "inputs" });
  const commands = { curl: element("code"), grpcurl: element("code") };
  const answer = element("section", { class: "answer", "aria-live": "polite", "aria-label": "Answer" });
  const send = element("button", { type: "submit", class: "send" }, "Send");
  const stop = element("button", { type: "button", class: "stop", hidden: true }, "Stop");
  let controller = null;
  stop.addEventListener("click", () => controller?.abort());

  const redraw = () => {
    const call = read(api, method, binding, inputs);
    commands.curl.textContent = curl(call);
    commands.grpcurl.textContent = grpcurl(call);
  };
  const choose = (chosen) => {
    binding = chosen;
    inputs.replaceChildren(...controls(api, binding));
    redraw();
  };

  panel.append(element("h2", {}, "Try it"));
  if (method.bindings.length > 1) panel.append(ways(method, choose));
  panel.append(inputs, element("div", { class: "buttons" }, send, stop,
    element("span", { class: "quiet" }, element("kbd", {}, "Ctrl"), " ", element("kbd", {}, "Enter"))), answer);
  for (const [name, code] of Object.entries(commands)) {
    panel.append(element("details", { class: "command", open: name === "curl" },
      element("summary", {}, name),
      copyable(name, () => code.textContent, element("pre", { class: "code", tabindex: "0" }, code))));
  }
  panel.addEventListener("input", redraw);
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) panel.requestSubmit();
  });
  panel.addEventListener("submit", async (event) => {
    event.preventDefault();
    controller?.abort();
    const mine = new AbortController();
    controller = mine;
    send.disabled = true;
    stop.hidden = false;
    await perform(read(api, method, binding, inputs), key(), mine.signal, answer);
    if (controller !== mine) return;
    send.disabled = false;
    stop.hidden = true;
  });
  // Leaving the method ends its stream.
  panel.addEventListener("leave", () => controller?.abort());
  choose(binding);
  return panel;
}

function ways(method, choose) {
  const radios = method.bindings.map((binding, at) => element("label", {},
    element("input", { type: "radio", name: "way", value: String(at), checked: at === 0, onchange: () => choose(binding) }),
    element("code", {}, binding.path)));
  return element("fieldset", { class: "ways" }, element("legend", {}, "Path"), radios);
}

// One control for each parameter, and one for the body.
function controls(api, binding) {
  const parameters = (binding.operation.parameters ?? []).map((parameter) => api.resolve(parameter));
  const needed = parameters.filter((parameter) => parameter.required);
  const optional = parameters.filter((parameter) => !parameter.required);
  const made = needed.map((parameter) => control(api, parameter));
  const body = media(api.resolve(binding.operation.requestBody)?.content);
  if (body) {
    const text = JSON.stringify(body.example ?? {}, null, 2);
    made.push(element("label", { class: "control wide" },
      element("span", { class: "name" }, "Body"),
      element("textarea", { "data-in": "body", spellcheck: "false", rows: String(Math.min(18, text.split("\n").length + 1)) }, text)));
  }
  if (optional.length > 0) {
    made.push(element("details", { class: "optional", open: needed.length === 0 && !body && optional.length < 8 },
      element("summary", {}, "Optional parameters"),
      optional.map((parameter) => control(api, parameter))));
  }
  return made;
}

function control(api, parameter) {
  const schema = parameter.schema;
  const list = schema.type === "array";
  const values = enumValues(api, schema);
  const marks = { "data-in": parameter.in, "data-name": parameter.name, "data-field": parameter["x-field"], "data-list": list, "data-type": typeName(api, schema) };
  let input;
  if (values && !list) {
    input = element("select", marks, element("option", { value: "" }, "not given"),
      values.map((value) => element("option", { value }, value)));
  } else if (schema.type === "boolean") {
    input = element("select", marks, ["", "true", "false"].map((value) => element("option", { value }, value || "not given")));
  } else {
    input = element("input", { ...marks, type: "text", autocomplete: "off", spellcheck: "false", placeholder: list ? "one or more, with commas" : typeName(api, schema) });
  }
  if (parameter.example !== undefined && parameter.required) {
    const example = parameter.example;
    input.value = Array.isArray(example) ? example.join(",") : String(example);
  }
  const label = element("label", { class: "control" },
    element("span", { class: "name" }, parameter.name, parameter.required && element("span", { class: "must", title: "required" }, " *")), input);
  if (parameter.name !== "Idempotency-Key") return label;
  const fresh = element("button", { type: "button", class: "small" }, "New UUID");
  fresh.addEventListener("click", () => {
    input.value = uuid();
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return element("div", { class: "with-button" }, label, fresh);
}

// A random UUID, also where the page was not loaded in a secure context.
function uuid() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

// The call as the form says it.
function read(api, method, binding, inputs) {
  let path = binding.path;
  const query = new URLSearchParams();
  const headers = {};
  const fields = [];
  let body = null;
  for (const input of inputs.querySelectorAll("[data-in]")) {
    const { in: place, name, field } = input.dataset;
    const text = input.value;
    if (place === "body") {
      body = text;
      headers["Content-Type"] = "application/json";
      continue;
    }
    if (place === "path") path = path.replace(`{${name}}`, encodeURIComponent(text));
    else if (text === "") continue;
    const list = input.dataset.list !== undefined;
    const values = list ? text.split(",").map((one) => one.trim()).filter(Boolean) : [text];
    if (place === "query") values.forEach((value) => query.append(name, value));
    if (place === "header") headers[name] = text;
    const typed = values.map((value) => ["boolean"].includes(input.dataset.type) ? value === "true" : input.dataset.type === "int32" ? Number(value) : value);
    fields.push([field ?? name, list ? typed : typed[0]]);
  }
  const operation = binding.operation;
  const answered = Object.keys(operation.responses["200"].content ?? {});
  const stream = answered.includes("application/x-ndjson");
  if (stream) headers.Accept = "application/x-ndjson";
  const search = query.toString();
  return {
    rpc: method.rpc,
    verb: binding.verb,
    url: `${location.origin}${path}${search ? `?${search}` : ""}`,
    headers,
    body,
    bodyField: api.resolve(operation.requestBody)?.["x-field"],
    fields,
    stream,
  };
}

async function perform(call, key, signal, answer) {
  const status = element("p", { class: "status" }, "Sending …");
  answer.replaceChildren(element("h3", {}, "Answer"), status);
  const headers = new Headers(call.headers);
  const started = performance.now();
  try {
    if (key) headers.set("Authorization", `Bearer ${key}`);
    const response = await fetch(call.url, { method: call.verb, headers, body: call.body, signal, credentials: "omit", redirect: "error" });
    const took = Math.round(performance.now() - started);
    status.replaceChildren(
      element("strong", { class: response.ok ? "good" : "bad" }, `${response.status} ${response.statusText}`.trim()),
      element("span", { class: "quiet" }, ` in ${took} ms`));
    const lines = [...response.headers].map(([name, value]) => `${name}: ${value}`).join("\n");
    answer.append(element("details", { class: "command" }, element("summary", {}, "Headers"),
      element("pre", { class: "code", tabindex: "0" }, element("code", {}, lines))));
    const code = element("code", { class: "body" });
    answer.append(copyable("answer", () => code.textContent, element("pre", { class: "code", tabindex: "0" }, code)));
    if (response.ok && call.stream) await follow(response, code);
    else show(await response.text(), code);
  } catch (error) {
    const stopped = error.name === "AbortError";
    answer.append(element("p", { class: stopped ? "quiet" : "bad" }, stopped ? "Stopped." : `The call failed: ${error.message}`));
    if (status.textContent === "Sending …") status.remove();
  }
}

function show(text, code) {
  let pretty = text;
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Shown as it came.
  }
  if (pretty.length > LONGEST) code.replaceChildren(`${pretty.slice(0, LONGEST)}\n… and ${pretty.length - LONGEST} more characters`);
  else code.replaceChildren(...(pretty ? colored(pretty) : ["(empty)"]));
}

// Lines as they come, the latest at the top.
async function follow(response, code) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    for (const line of lines.filter(Boolean)) code.prepend(...colored(line), "\n");
    while (code.childNodes.length > 5000) code.lastChild.remove();
  }
}
