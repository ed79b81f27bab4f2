// Auth as lite answers it, brought to the form that Supabase clients expect, with mails to one address spaced out.

import { expectCode, guarded, guessOf } from './guesses.mjs'
import { settings } from './settings.mjs'
import { complete } from './tokens.mjs'

// Postgres's own `2026-11-21 05:42:10.262+00` becomes ISO 8601: Python's client refuses the former.
const TIME = /("\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(?::?(\d\d))?"/g
const isoTimes = text => text.replace(TIME, (_, day, time, hours, minutes) => `${day}T${time}${hours}:${minutes || '00'}"`)

// Code types that clients send and lite does not know.
const ALIASES = { email: ['magiclink', 'signup'], invite: ['signup', 'magiclink'] }

const MAILING = new Set(['/auth/v1/otp', '/auth/v1/magiclink', '/auth/v1/recover', '/auth/v1/resend'])
const lastMail = new Map()

const secondsToWait = address => {
  const since = (Date.now() - (lastMail.get(address) ?? 0)) / 1000
  return since < settings.otpIntervalS ? Math.ceil(settings.otpIntervalS - since) : 0
}

const tooSoon = seconds => Response.json(
  {
    code: 'over_email_send_rate_limit',
    error_code: 'over_email_send_rate_limit',
    message: `For security purposes, you can only request this after ${seconds} seconds.`,
  },
  { status: 429, headers: { 'retry-after': String(seconds), 'access-control-allow-origin': '*' } },
)

const withBody = (request, body) => {
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  return new Request(request.url, { method: request.method, headers, body })
}

const remember = address => {
  lastMail.set(address, Date.now())
  if (lastMail.size < 10_000) return
  for (const old of lastMail.keys()) if (!secondsToWait(old)) lastMail.delete(old)
}

// Tokens travel in the body, and after a clicked link in the fragment of a redirect.
const repair = async response => {
  const headers = new Headers(response.headers)
  const target = headers.get('location')
  const inLink = target?.match(/access_token=([^&]+)/)?.[1]
  if (inLink) headers.set('location', target.replace(inLink, await complete(inLink)))
  if (!(headers.get('content-type') || '').includes('json')) {
    return new Response(response.body, { status: response.status, headers })
  }
  headers.delete('content-length')
  let text = isoTimes(await response.text())
  if (response.ok && text.includes('"access_token"')) {
    const answer = JSON.parse(text)
    const session = answer.access_token ? answer : answer.session
    if (session?.access_token) session.access_token = await complete(session.access_token)
    text = JSON.stringify(answer)
  }
  return new Response(text, { status: response.status, headers })
}

const parse = text => {
  try {
    const body = JSON.parse(text)
    return body && typeof body === 'object' ? body : {}
  } catch {
    return {}
  }
}

const verify = async (request, body, lite) => {
  let response
  for (const type of ALIASES[body.type]) {
    response = await lite(withBody(request, JSON.stringify({ ...body, type })))
    if (response.ok) break
  }
  return response
}

const mail = async (request, url, text, body, lite) => {
  const address = String(body.email || '').toLowerCase()
  const wait = secondsToWait(address)
  if (wait) return tooSoon(wait)
  // lite makes an account of an unknown address even where nobody may sign up.
  const closed = url.pathname === '/auth/v1/otp' && !settings.allowSignup
  const response = await lite(withBody(request, closed ? JSON.stringify({ ...body, create_user: false }) : text))
  if (address && response.ok) {
    remember(address)
    expectCode(address)
  }
  return response
}

export const handleAuth = async (request, url, lite) => {
  if (request.method === 'OPTIONS') return lite(request)
  const posted = request.method === 'POST'
  const text = posted ? await request.text() : ''
  const body = parse(text)
  const ask = () => {
    if (posted && MAILING.has(url.pathname)) return mail(request, url, text, body, lite)
    if (posted && url.pathname === '/auth/v1/verify' && ALIASES[body.type]) return verify(request, body, lite)
    return lite(posted ? withBody(request, text) : request)
  }
  const guess = guessOf(request, url, body)
  return repair(await (guess ? guarded(guess, request, ask) : ask()))
}
