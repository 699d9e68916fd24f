// What the SDK gave, as OperationsTest reads it.

// The names of the headers that the one who asks wants to know of.
let compared = [];

export function compare(names) {
  compared = names;
}

function headers(all) {
  return Object.fromEntries(compared.map((name) => [name, all?.[name] ?? null]));
}

export function single(response) {
  return {
    status: response.statusCode,
    subStatus: response.substatus ?? 0,
    headers: headers(response.headers),
    body: response.resource ?? null,
  };
}

export function feed(response) {
  return {
    status: 200,
    charge: response.requestCharge,
    headers: headers(response.headers),
    body: response.resources,
  };
}

export function page(response) {
  return {
    body: response.resources,
    charge: response.requestCharge,
    headers: headers(response.headers),
    continuation: response.continuationToken ?? null,
  };
}

export async function pages(iterator) {
  const read = [];
  while (iterator.hasMoreResults()) {
    read.push(page(await iterator.fetchNext()));
  }
  return { status: 200, pages: read };
}

export function changes(response) {
  return {
    status: response.statusCode,
    body: response.result ?? [],
    charge: response.requestCharge,
    headers: headers(response.headers),
    continuation: response.continuationToken ?? null,
  };
}

// One of the results of a batch.
export function result({ statusCode, eTag, resourceBody }) {
  return { status: statusCode, etag: eTag ?? null, item: resourceBody ?? null };
}

export function failure(error) {
  return {
    status: typeof error.code === "number" ? error.code : 0,
    // Of a change feed it is among the headers only.
    subStatus: Number(error.substatus ?? error.headers?.["x-ms-substatus"] ?? 0),
    headers: headers(error.headers),
    message: String(error.body?.message ?? error.message),
  };
}
