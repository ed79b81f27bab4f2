// JSON Web Tokens (HS256) and API keys: who is calling, and the claims that lite leaves out of its tokens.

import { createHmac, timingSafeEqual } from 'node:crypto'
import { sql } from './database.mjs'
import { ownUrl, settings } from './settings.mjs'

const encode = value => Buffer.from(JSON.stringify(value)).toString('base64url')
const signatureOf = text => createHmac('sha256', settings.jwtSecret).update(text).digest()
export const decode = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))

export const sign = claims => {
  const text = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`
  return `${text}.${signatureOf(text).toString('base64url')}`
}

// The claims of a token that we signed and that has not expired, else null.
export const verify = token => {
  const [header, payload, signature] = (token || '').split('.')
  if (!signature) return null
  try {
    if (JSON.parse(Buffer.from(header, 'base64url')).alg !== 'HS256') return null
    const given = Buffer.from(signature, 'base64url')
    const expected = signatureOf(`${header}.${payload}`)
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null
    const claims = JSON.parse(Buffer.from(payload, 'base64url'))
    return claims.exp && claims.exp < Date.now() / 1000 ? null : claims
  } catch {
    return null
  }
}

// The role behind a request: from its Bearer token, else from its API key, else null.
export const roleOf = headers => {
  const bearer = (headers.get('authorization') || '').replace(/^Bearer\s+/i, '')
  const key = headers.get('apikey') || bearer
  if (bearer.split('.').length === 3) return verify(bearer)?.role ?? null
  if (key === settings.secretKey) return 'service_role'
  return key === settings.publishableKey ? 'anon' : null
}

const object = value => (typeof value === 'string' ? JSON.parse(value) : value || {})

// Adds the claims of hosted tokens that policies and clients rely on, and signs anew.
export const complete = async token => {
  const claims = decode(token)
  const [user] = await sql`
    select raw_app_meta_data, raw_user_meta_data, phone, is_anonymous from auth.users where id = ${claims.sub}`
  if (!user) return token
  return sign({
    ...claims,
    iss: `${ownUrl}/auth/v1`,
    app_metadata: object(user.raw_app_meta_data),
    user_metadata: object(user.raw_user_meta_data),
    phone: user.phone || '',
    aal: claims.aal || 'aal1',
    amr: claims.amr || [{ method: 'password', timestamp: claims.iat }],
    is_anonymous: user.is_anonymous,
  })
}
