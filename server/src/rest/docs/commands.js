// The same call as a command line. The key stands there as $KEY, so that no history and no screenshot holds it.

// A word for a POSIX shell.
function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

export function curl(call) {
  const lines = [`curl ${call.stream ? "-N " : ""}${call.verb === (call.body === null ? "GET" : "POST") ? "" : `-X ${call.verb} `}${quoted(call.url)}`];
  lines.push(`-H "Authorization: Bearer $KEY"`);
  for (const [name, value] of Object.entries(call.headers)) lines.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (call.body !== null) lines.push(`-d ${quoted(compact(call.body))}`);
  return lines.join(" \\\n  ");
}

// JSON without its line breaks; what is none stays as it is.
function compact(text) {
  try {
    return JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

// Puts a value at a path of names into a message.
function put(message, path, value) {
  const names = path.split(".");
  const last = names.pop();
  let at = message;
  for (const name of names) {
    if (typeof at[name] !== "object" || at[name] === null) at[name] = {};
    at = at[name];
  }
  at[last] = value;
}

// The whole request as one message: path, query, headers and body together.
export function message(call) {
  let whole = {};
  if (call.body !== null) {
    let body;
    try {
      body = JSON.parse(call.body);
    } catch {
      return null;
    }
    if (call.bodyField) put(whole, call.bodyField, body);
    else whole = body;
  }
  for (const [path, value] of call.fields) put(whole, path, value);
  return whole;
}

export function grpcurl(call) {
  const whole = message(call);
  if (whole === null) return "# The body is not JSON.";
  const plain = location.protocol === "https:" ? "" : "-plaintext ";
  const host = location.hostname.includes(":") ? `[${location.hostname}]` : location.hostname;
  return [
    `grpcurl ${plain}-H "authorization: Bearer $KEY"`,
    `-d ${quoted(JSON.stringify(whole))}`,
    `${host}:50051 ${call.rpc}`,
  ].join(" \\\n  ");
}
