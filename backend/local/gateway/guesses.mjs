// Passwords and one-time codes are short enough to be guessed: tries are counted per address and per client.

import { sql } from './database.mjs'
import { Tries } from './limits.mjs'
import { settings } from './settings.mjs'
import { decode } from './tokens.mjs'

const CODE = /^\d{6}$/
const { triesPerAddress, triesPerClient, triesPerCode, triesWindowS } = settings

const addresses = new Tries(triesPerAddress, triesWindowS)
const clients = new Tries(triesPerClient, triesWindowS)
// The product's own server asks for everybody from this machine, and so under one name.
const ownMachine = new Tries(triesPerClient * 100, triesWindowS)
// The token of a link is a digest of address and code: it can be guessed like a code, but names no address.
const links = new Tries(triesPerClient, triesWindowS)
const codes = new Tries(triesPerCode, triesWindowS)

// What a request tries: {address, code} or {link}; undefined when it tries nothing.
export const guessOf = (request, url, body) => {
  if (url.pathname === '/auth/v1/verify') {
    if (request.method !== 'POST' || body.token_hash) return { link: true }
    return { address: String(body.email ?? '').toLowerCase(), code: String(body.token ?? '') }
  }
  if (url.pathname === '/auth/v1/token' && body.email !== undefined) return { address: String(body.email).toLowerCase() }
}

// The last hop is the one that the nearest proxy saw; those before it are hearsay.
const clientOf = request => {
  const hop = request.headers.get('x-forwarded-for')?.split(',').at(-1).trim()
  return hop && !/^(127\.|::1$|localhost$)/.test(hop) ? hop : null
}

const counters = (guess, request) => {
  const client = clientOf(request)
  return [
    client ? [clients, client] : [ownMachine, ''],
    guess.link ? [links, ''] : [addresses, guess.address],
  ]
}

const tooMany = seconds => Response.json(
  {
    code: 'over_request_rate_limit',
    error_code: 'over_request_rate_limit',
    message: `Too many failed tries. Try again in ${seconds} seconds.`,
  },
  { status: 429, headers: { 'retry-after': String(seconds), 'access-control-allow-origin': '*' } },
)

const wrongCode = () => Response.json(
  { code: 'otp_expired', error_code: 'otp_expired', message: 'Token has expired or is invalid' },
  { status: 403, headers: { 'access-control-allow-origin': '*' } },
)

const isGood = response => response.ok || /[#&]access_token=/.test(response.headers.get('location') || '')

const countWrongCode = async address => {
  codes.take(address)
  if (!codes.isSpent(address)) return
  codes.clear(address)
  await sql`update auth.users set recovery_token = null, confirmation_token = null where email = ${address}`
}

// A code was mailed: it has all its tries. Those of the address stay counted.
export const expectCode = address => codes.clear(address)

// Notes that whoever owns the account reads its mail. admin.mjs replaces accounts of which nobody has shown that.
export const prove = async userId => {
  const found = await sql`select id, identity_data from auth.identities where user_id = ${userId} and provider = 'email'`
  for (const { id, identity_data: data } of found) {
    const known = typeof data === 'string' ? JSON.parse(data) : data
    await sql`update auth.identities set identity_data = ${sql.json({ ...known, email_verified: true })} where id = ${id}`
  }
}

const proveByCode = async response => {
  const inLink = response.headers.get('location')?.match(/access_token=([^&]+)/)?.[1]
  const id = inLink ? decode(inLink).sub : (await response.clone().json()).user?.id
  if (id) await prove(id)
}

// Asks `ask` unless tries are used up. Tries are counted before the answer is known.
export const guarded = async (guess, request, ask) => {
  const taken = []
  for (const [tries, key] of counters(guess, request)) {
    const seconds = tries.take(key)
    if (seconds) {
      taken.forEach(giveBack => giveBack())
      return tooMany(seconds)
    }
    taken.push(() => tries.giveBack(key))
  }
  // A code of another length could belong to another address: lite digests the two as one text.
  const response = guess.code && !CODE.test(guess.code) ? wrongCode() : await ask()
  const good = isGood(response)
  if (good || response.status >= 500) taken.forEach(giveBack => giveBack())
  if (good && guess.address) addresses.clear(guess.address)
  if (good && (guess.link || guess.code)) await proveByCode(response)
  if (!good && response.status < 500 && guess.code) await countWrongCode(guess.address)
  return response
}
