// The document as the page needs it: services with their methods, each with the ways to reach it.

const VERBS = new Set(["get", "post", "put", "patch", "delete"]);

export class Api {
  constructor(document) {
    this.document = document;
    this.methods = new Map();
    for (const [path, item] of Object.entries(document.paths)) {
      for (const verb of Object.keys(item).filter((name) => VERBS.has(name))) this.#add(path, verb, item[verb]);
    }
    this.services = document.tags.map((tag) => ({
      ...tag,
      methods: [...this.methods.values()].filter((method) => method.service === tag.name),
    }));
  }

  #add(path, verb, operation) {
    const rpc = operation["x-grpc-method"];
    const name = rpc.split("/").at(-1);
    const service = operation.tags[0];
    const id = `${service}_${name}`;
    const binding = { path, verb: verb.toUpperCase(), operation };
    const known = this.methods.get(id);
    if (!known) {
      this.methods.set(id, { id, name, service, rpc, bindings: [binding], main: operation });
    } else if (operation.operationId === id) {
      known.main = operation;
      known.bindings.unshift(binding);
    } else {
      known.bindings.push(binding);
    }
  }

  // What a reference stands for; anything else stands for itself.
  resolve(thing) {
    if (!thing?.$ref) return thing;
    const found = thing.$ref.slice(2).split("/").reduce((at, name) => at?.[name], this.document);
    const { $ref, ...beside } = thing;
    return { ...found, ...beside };
  }

  // The methods of a service that all words of a search are found in.
  search(service, words) {
    return service.methods.filter((method) => {
      const text = [method.id, method.main.summary, ...method.bindings.map((one) => `${one.verb} ${one.path}`)]
        .join(" ").toLowerCase();
      return words.every((word) => text.includes(word));
    });
  }
}

// The media type of a content that is JSON, and the content itself.
export function media(content) {
  const type = Object.keys(content ?? {}).find((name) => name.includes("json"));
  return type ? { type, ...content[type] } : null;
}
