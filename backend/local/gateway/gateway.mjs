// The single door of the embedded Supabase: Auth, REST and Storage by @supabase/lite in this process, its alpha defects
// repaired on the way; Realtime and functions passed on. Listens on the loopback address only.

import './environment.mjs'
import http from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { App, getAuthSchemaSql, getStorageSchemaSql } from '@supabase/lite'
import { handleAdmin } from './admin.mjs'
import { handleAuth } from './auth.mjs'
import { connection, followSchemaChanges, repairFunctions, sql } from './database.mjs'
import { outbox, prune, show } from './mail.mjs'
import { forward, tunnel } from './proxy.mjs'
import { settings } from './settings.mjs'
import { FolderStorage, handleStorage, isPublicFile, servePublic } from './storage.mjs'
import { roleOf } from './tokens.mjs'

const storage = new FolderStorage(settings.storageFolder)
const app = new App({
  connection,
  api: { schemas: ['public'] },
  studio: { enabled: false },
  auth: {
    enabled: true,
    site_url: settings.siteUrl,
    jwt_secret: settings.jwtSecret,
    jwt_expiry: settings.jwtExpiryS,
    enable_signup: settings.allowSignup,
    publishable_key: settings.publishableKey,
    secret_key: settings.secretKey,
    email: { enable_confirmations: settings.confirmEmail },
  },
  storage: { enabled: true, file_size_limit: '50MiB' },
  options: { server: { admin: false }, drivers: { email: outbox } },
})
app._storageAdapter = storage // its own adapter for folders is documented but not exported
await app.init()
await sql.unsafe(await getAuthSchemaSql('postgres')) // init() makes no tables
await sql.unsafe(await getStorageSchemaSql('postgres'))
await repairFunctions()
await followSchemaChanges(app)
await prune()

const lite = request => app.fetch(request, { peerAddress: null })

const refuseFunction = res => {
  res.writeHead(401, { 'content-type': 'application/json', 'access-control-allow-origin': '*' })
  res.end(JSON.stringify({ code: 'UNAUTHORIZED_NO_AUTH_HEADER', message: 'Missing or invalid authorization' }))
}

const callFunction = (req, res, url) => {
  const path = req.url.slice('/functions/v1'.length)
  const open = settings.functionsWithoutJwt.has(url.pathname.split('/')[3])
  if (req.method !== 'OPTIONS' && !open && !roleOf(new Headers(req.headers))) return refuseFunction(res)
  return forward(req, res, settings.functions, path)
}

// lite decodes a path before it routes: `/%61uth/v1/verify` would pass by all that is checked here.
const isDisguised = path => path.includes('%') && !/^\/(rest|storage)\/v1\//.test(path)

const answer = (request, url) => {
  const path = url.pathname
  if (isDisguised(path)) return Response.json({ code: 'not_found', message: 'Not found' }, { status: 404 })
  if (path === '/health') return Response.json({ ok: true })
  if (path === '/_mail') return show(request)
  if (path.startsWith('/auth/v1/admin/') || path === '/auth/v1/invite') return handleAdmin(request, url, lite)
  if (path.startsWith('/auth/v1/')) return handleAuth(request, url, lite)
  if (isPublicFile(request, url)) return servePublic(request, url, storage)
  if (path.startsWith('/storage/v1/')) return handleStorage(request, url, lite)
  return lite(request)
}

const asRequest = (req, url) => {
  const bare = req.method === 'GET' || req.method === 'HEAD'
  const headers = new Headers()
  for (let i = 0; i < req.rawHeaders.length; i += 2) headers.append(req.rawHeaders[i], req.rawHeaders[i + 1])
  return new Request(url, { method: req.method, headers, body: bare ? undefined : Readable.toWeb(req), duplex: 'half' })
}

const LARGEST_BODY = 64 * 2 ** 20

const send = async (res, response) => {
  const headers = Object.fromEntries(response.headers)
  const cookies = response.headers.getSetCookie()
  if (cookies.length) headers['set-cookie'] = cookies
  res.writeHead(response.status, headers)
  if (response.body) await pipeline(Readable.fromWeb(response.body), res)
  else res.end()
}

const server = http.createServer(async (req, res) => {
  try {
    const url = new URL(req.url, `http://${req.headers.host || '127.0.0.1'}`)
    if (Number(req.headers['content-length']) > LARGEST_BODY) {
      return await send(res, Response.json({ code: 'too_large', message: 'At most 64 MiB' }, { status: 413 }))
    }
    if (url.pathname.startsWith('/realtime/v1/')) return forward(req, res, settings.realtime, req.url)
    if (url.pathname.startsWith('/functions/v1/')) return callFunction(req, res, url)
    await send(res, await answer(asRequest(req, url), url))
  } catch (error) {
    if (error.code === 'ERR_STREAM_PREMATURE_CLOSE' || res.destroyed) return // the caller went away
    const bad = error instanceof SyntaxError || error.code === 'ERR_INVALID_URL'
    if (!bad) console.error(error)
    if (!res.headersSent) res.writeHead(bad ? 400 : 500, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ code: bad ? 'bad_request' : 'unexpected_failure', message: bad ? 'Not understood' : 'It failed' }))
  }
})

server.on('upgrade', (req, socket, head) => {
  if (req.url.startsWith('/realtime/v1/')) return tunnel(req, socket, head, settings.realtime)
  socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n')
})

for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, async () => {
    server.close()
    server.closeAllConnections()
    await connection.close()
    process.exit(0)
  })
}
process.on('unhandledRejection', error => console.error(error)) // one request's trouble must not end all others

server.listen(settings.port, '127.0.0.1', () => console.log(`gateway listens on ${settings.port}`))
