// Schemas as lists of fields that open where they hold further ones.

import { element, prose } from "./element.js";

// The forms of a value except null, which in a request only means that there is none.
function forms(schema) {
  return (schema.anyOf ?? [schema]).filter((form) => form.type !== "null");
}

function nameOf(reference) {
  return reference?.split("/").at(-1);
}

// What a value is, in a word.
export function typeName(api, given) {
  const schema = forms(given)[0];
  if (schema.$ref) {
    const name = nameOf(schema.$ref);
    return api.resolve(schema).enum ? `enum ${name}` : name;
  }
  const types = [schema.type].flat().filter((type) => type && type !== "null");
  if (types.includes("array")) return `${typeName(api, schema.items)}[]`;
  if (types.includes("object") && schema.additionalProperties) return `map of ${typeName(api, schema.additionalProperties)}`;
  if (schema.contentEncoding) return schema.contentEncoding;
  return schema.format ?? types[0] ?? "any";
}

// The object or enum behind a value, be it single or in a list.
function behind(api, given) {
  const schema = forms(given)[0];
  if (schema.items) return behind(api, schema.items);
  return api.resolve(schema);
}

// The limits of a value that its description does not tell already.
function limits(schema, description) {
  const value = schema.items && !schema.$ref ? { ...schema.items, ...schema } : schema;
  const said = [];
  const between = (least, most, unit) => {
    const told = [least, most].filter((one) => one !== undefined)
      .every((one) => description.includes(one.toLocaleString("en")) || (one === 0 && /zero or more/.test(description)));
    if (told) return;
    if (least !== undefined && most !== undefined) said.push(`${least} to ${most}${unit}`);
    else said.push(most === undefined ? `at least ${least}${unit}` : `at most ${most}${unit}`);
  };
  between(value.minLength, value.maxLength, " characters");
  between(value.minItems, value.maxItems, " items");
  between(value.minimum, value.maximum, "");
  between(undefined, value.maxProperties, " entries");
  return said.join(", ");
}

function said(description, schema) {
  const bounds = limits(schema, description ?? "");
  return element("dd", {}, element("div", { class: "said" }, prose(description)), bounds && element("p", { class: "bounds" }, bounds));
}

export function enumValues(api, given) {
  const target = behind(api, given);
  return target.enum ?? null;
}

// The fields of an object. Those that only answers hold are left out of requests.
export function fields(api, given, inRequest, depth = 0) {
  const schema = behind(api, given);
  const required = new Set(schema.required ?? []);
  const chosen = new Set((schema.allOf ?? []).flatMap((one) => one.oneOf ?? []).flatMap((one) => one.required ?? []));
  const rows = Object.entries(schema.properties ?? {})
    .filter(([, field]) => !(inRequest && field.readOnly))
    .map(([name, field]) => row(api, name, field, inRequest, depth, required.has(name), chosen.has(name)));
  if (rows.length === 0) return element("p", { class: "quiet" }, "No fields.");
  return element("dl", { class: "fields" }, rows.flat());
}

function row(api, name, field, inRequest, depth, required, chosen) {
  const target = behind(api, field);
  const below = target.properties && Object.keys(target.properties).length > 0;
  const about = said(field.description, field);
  if (target.enum) about.append(element("p", { class: "values" }, target.enum.map((value) => element("code", {}, value))));
  if (below && depth < 6) {
    const more = element("details", {}, element("summary", {}, `Fields of ${name}`));
    more.addEventListener("toggle", () => {
      if (more.open && more.childElementCount === 1) more.append(fields(api, field, inRequest, depth + 1));
    });
    about.append(more);
  }
  return [
    element("dt", {},
      element("code", { class: "field" }, name),
      element("span", { class: "type" }, typeName(api, field)),
      required && element("span", { class: "flag must" }, "required"),
      chosen && element("span", { class: "flag must" }, "one of")),
    about,
  ];
}

// Parameters in the same manner.
export function parameterRows(api, parameters) {
  const rows = parameters.map((parameter) => {
    const about = said(parameter.description, parameter.schema);
    const values = enumValues(api, parameter.schema);
    if (values) about.append(element("p", { class: "values" }, values.map((value) => element("code", {}, value))));
    return [
      element("dt", {},
        element("code", { class: "field" }, parameter.name),
        element("span", { class: "type" }, typeName(api, parameter.schema)),
        element("span", { class: "flag" }, parameter.in),
        parameter.required && element("span", { class: "flag must" }, "required")),
      about,
    ];
  });
  return element("dl", { class: "fields" }, rows.flat());
}
