// A certified OpenID provider for the tests of the gateway: https://github.com/panva/node-oidc-provider.
// It says where it is on its first line, is told on its first where the gateway is, says that it is ready, and
// ends with its input.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const [audience, client, secret] = process.argv.slice(2);
const server = createServer();

server.listen(0, '127.0.0.1', async () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  console.log(JSON.stringify({ issuer }));
  const lines = createInterface({ input: process.stdin }).on('close', () => process.exit(0));
  const [gateway] = await once(lines, 'line');
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client,
        token_endpoint_auth_method: 'none',
        application_type: 'native',
        redirect_uris: ['http://127.0.0.1/callback'],
        grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
        response_types: ['code'],
      },
      {
        client_id: 'ephemeris-gateway',
        client_secret: secret,
        redirect_uris: [`${gateway}/sign-in/corp/callback`],
        post_logout_redirect_uris: [`${gateway}/signed-out`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        backchannel_logout_uri: `${gateway}/sign-in/corp/logout`,
        backchannel_logout_session_required: true,
      },
    ],
    // Whoever signs in is who they say.
    findAccount: (context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    scopes: ['openid', 'offline_access', 'profile', 'email'],
    pkce: { required: () => true },
    rotateRefreshToken: true,
    cookies: { keys: ['of a test'] },
    // To this machine too, where the gateway is.
    fetch: (url, { dispatcher, ...options }) => fetch(url, options),
    features: {
      devInteractions: { enabled: true },
      deviceFlow: { enabled: true },
      backchannelLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => audience,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          audience,
          scope: '',
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'RS256' } },
        }),
      },
    },
  });
  server.on('request', provider.callback());
  console.log('ready');
});
