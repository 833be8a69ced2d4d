// A certified OpenID provider (oidc-provider), laid out as Datum's: Zitadel's
// paths, refresh tokens that rotate, families that are revoked when an old one
// comes back, access tokens that are JWTs, and the JWT bearer grant.
//
// It reads its settings as JSON from standard input:
//   {cert, key, audience, life, accounts: [{clientID, keyID, publicKey}]}
// writes {"issuer": …} to standard output, and ends when standard input does.
import * as https from 'node:https'
import { readFileSync } from 'node:fs'
import * as readline from 'node:readline'
import { importSPKI, jwtVerify } from 'jose'
import Provider, { interactionPolicy } from 'oidc-provider'

const lines = readline.createInterface({ input: process.stdin })
const settings = JSON.parse((await lines[Symbol.asyncIterator]().next()).value)
process.stdin.on('end', () => process.exit(0))

const server = https.createServer({ cert: readFileSync(settings.cert), key: readFileSync(settings.key) })
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const issuer = `https://127.0.0.1:${server.address().port}`

const bearer = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const device = 'urn:ietf:params:oauth:grant-type:device_code'

// policy lets a login ask for the choice of an account, as Datum's does.
const policy = interactionPolicy.base()
policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }))

const resource = () => ({
  scope: '',
  audience: settings.audience,
  accessTokenFormat: 'jwt',
  accessTokenTTL: settings.life,
  jwt: { sign: { alg: 'RS256' } },
})

const form = (title, body) =>
  `<!doctype html><title>${title}</title>${body}<script>document.forms[0]?.submit()</script>`

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: 'cli',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      redirect_uris: ['http://127.0.0.1/datumctl/auth/callback'],
      grant_types: ['authorization_code', 'refresh_token', device],
      response_types: ['code'],
    },
    {
      client_id: 'service-accounts',
      token_endpoint_auth_method: 'none',
      redirect_uris: [],
      grant_types: [bearer],
      response_types: [],
    },
  ],
  routes: {
    authorization: '/oauth/v2/authorize',
    token: '/oauth/v2/token',
    device_authorization: '/oauth/v2/device_authorization',
    jwks: '/oauth/v2/keys',
    revocation: '/oauth/v2/revoke',
    introspection: '/oauth/v2/introspect',
    userinfo: '/oidc/v1/userinfo',
    code_verification: '/ui/v2/login/device',
  },
  scopes: ['openid', 'offline_access', 'email', 'profile'],
  claims: { openid: ['sub'], email: ['email'], profile: ['preferred_username'] },
  conformIdTokenClaims: false,
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com`, preferred_username: id }) }),
  extraTokenClaims: (_, token) => (token.gty === bearer ? {} : { email: `${token.accountId}@example.com`, email_verified: true }),
  pkce: { required: () => true },
  rotateRefreshToken: true,
  issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
  expiresWithSession: () => false,
  ttl: { AccessToken: settings.life, RefreshToken: 30 * 24 * 3600, Interaction: 600, Session: 600, Grant: 30 * 24 * 3600, IdToken: 3600, DeviceCode: 600 },
  cookies: { keys: ['of-a-test'] },
  interactions: { policy, url: (_, interaction) => `/interaction/${interaction.uid}` },
  features: {
    devInteractions: { enabled: false },
    introspection: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => settings.audience,
      getResourceServerInfo: resource,
      useGrantedResource: () => true,
    },
    deviceFlow: {
      enabled: true,
      userCodeInputSource: (ctx, html) => {
        ctx.body = form('code', html.replace('</form>', '<input name="user_code"></form>'))
      },
      userCodeConfirmSource: (ctx, html) => {
        ctx.body = form('confirm', html.replace('</form>', '<input type="hidden" name="confirm" value="yes"></form>'))
      },
      successSource: (ctx) => {
        ctx.body = 'approved'
      },
    },
  },
})

// The JWT bearer grant (RFC 7523), as Zitadel has it: an assertion is good once.
const keys = new Map()
for (const { clientID, keyID, publicKey } of settings.accounts ?? []) {
  keys.set(keyID, { clientID, key: await importSPKI(publicKey, 'RS256') })
}
const used = new Set()
const refuse = (ctx, why) => {
  ctx.status = 400
  ctx.body = { error: 'invalid_grant', error_description: why }
}
provider.registerGrantType(
  bearer,
  async (ctx) => {
    let account
    try {
      const { payload } = await jwtVerify(
        ctx.oidc.params.assertion,
        ({ kid }) => {
          account = keys.get(kid)
          return account.key
        },
        { audience: issuer, requiredClaims: ['exp', 'iat', 'jti'], maxTokenAge: '5m' },
      )
      if (payload.iss !== account.clientID || payload.sub !== account.clientID) throw new Error('another account')
      if (used.has(payload.jti)) throw new Error('the assertion was used before')
      used.add(payload.jti)
    } catch (error) {
      return refuse(ctx, error.message)
    }
    const token = new provider.AccessToken({
      accountId: account.clientID, // as Zitadel: the key names the account's id
      client: ctx.oidc.client,
      grantId: 'none',
      gty: bearer,
      scope: '',
    })
    token.resourceServer = new provider.ResourceServer(settings.audience, resource())
    ctx.body = { access_token: await token.save(), expires_in: settings.life, token_type: 'Bearer' }
  },
  ['assertion', 'scope'],
)

// accountOf is who signs in: the device's test names it, browsers are jane.
const accountOf = () => 'jane'

// interaction signs in and consents at the push of the button, or rather of
// the script on the page.
async function interaction(req, res) {
  if (req.method !== 'POST') {
    res.setHeader('content-type', 'text/html')
    return res.end(form('sign in', `<form method="post" action="${req.url}"><button>Sign in</button></form>`))
  }
  const { params, grantId, session } = await provider.interactionDetails(req, res)
  const accountId = session?.accountId ?? accountOf()
  const grant = grantId ? await provider.Grant.find(grantId) : new provider.Grant({ accountId, clientId: params.client_id })
  grant.addOIDCScope('openid email profile offline_access')
  grant.addResourceScope(settings.audience, '')
  await provider.interactionFinished(req, res, {
    login: { accountId },
    select_account: {},
    consent: { grantId: await grant.save() },
  })
}

// token lets service accounts in without a client, as Zitadel does.
async function token(req, res) {
  const chunks = []
  for await (const chunk of req) chunks.push(chunk)
  const body = new URLSearchParams(Buffer.concat(chunks).toString())
  if (body.get('grant_type') === bearer) body.set('client_id', 'service-accounts')
  req.body = Object.fromEntries(body)
  answer(req, res)
}

provider.on('server_error', (_, error) => process.stderr.write(`${error.stack}\n`))
const answer = provider.callback()
const counts = {}
server.on('request', (req, res) => {
  const path = req.url.split('?')[0]
  counts[path] = (counts[path] ?? 0) + 1
  const fail = (error) => {
    process.stderr.write(`${path}: ${error.stack}\n`)
    res.statusCode = 500
    res.end()
  }
  if (path === '/test/counts') return res.end(JSON.stringify(counts))
  if (path.startsWith('/interaction/')) return interaction(req, res).catch(fail)
  if (path === '/oauth/v2/token' && req.method === 'POST') return token(req, res).catch(fail)
  return answer(req, res)
})
process.stdout.write(`${JSON.stringify({ issuer })}\n`)
