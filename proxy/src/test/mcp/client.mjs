// The protocol's own client, let in by OAuth: prints where a person has to go, reads the code that
// they come back with, and then calls each line of standard input as a tool.
import { createInterface } from 'node:readline';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { UnauthorizedError } from '@modelcontextprotocol/sdk/client/auth.js';

const [door, redirect] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const line = async () => (await lines.next()).value;

let registered;
let tokens;
let verifier;
const provider = {
  redirectUrl: redirect,
  clientMetadata: {
    client_name: 'A copilot',
    redirect_uris: [redirect],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
  },
  clientInformation: () => registered,
  saveClientInformation: (information) => { registered = information; },
  tokens: () => tokens,
  saveTokens: (given) => { tokens = given; },
  redirectToAuthorization: (url) => say({ authorize: url.toString() }),
  saveCodeVerifier: (text) => { verifier = text; },
  codeVerifier: () => verifier,
};

const transport = () => new StreamableHTTPClientTransport(new URL(door), { authProvider: provider });
const client = () => new Client({ name: 'a-copilot', version: '1' }, { capabilities: {} });

let first = transport();
try {
  await client().connect(first);
  throw new Error('let in without anybody');
} catch (error) {
  if (!(error instanceof UnauthorizedError)) {
    throw error;
  }
}
await first.finishAuth(await line());

const agent = client();
await agent.connect(transport());
say({ tools: (await agent.listTools()).tools.map((tool) => tool.name) });
say({ resources: (await agent.listResources()).resources.map((resource) => resource.uri) });
for (let next = await line(); next; next = await line()) {
  const { name, arguments: given } = JSON.parse(next);
  const { isError, structuredContent, content } = await agent.callTool({ name, arguments: given });
  say({ name, isError: isError === true, structuredContent, text: content[0]?.text });
}
await agent.close();
process.exit(0);
