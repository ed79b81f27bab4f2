// E-mail of Auth is not sent but laid into the outbox folder, and shown at /_mail. For this machine only.

import { randomBytes } from 'node:crypto'
import fs from 'node:fs/promises'
import path from 'node:path'
import { settings } from './settings.mjs'

const SHOWN = 200
const KEPT = 1000
const FORWARDING = /^(x-forwarded-.*|forwarded|via|x-real-ip|x-original-.*|cf-.*)$/
const captures = new Map()

// lite's e-mail driver: a file per message, named so that names sort by time.
export const outbox = {
  async send({ to, subject, text, html }) {
    const at = new Date().toISOString()
    const message = { at, to, subject, text, html }
    const address = String(to).toLowerCase()
    if (captures.has(address)) return captures.get(address)(message)
    const name = `${at.replace(/[-:.]/g, '')}-${randomBytes(4).toString('hex')}`
    const draft = path.join(settings.outboxFolder, `.${name}`)
    await fs.writeFile(draft, JSON.stringify(message, null, 1), { mode: 0o600 })
    await fs.rename(draft, path.join(settings.outboxFolder, `${name}.json`))
  },
}

// Runs `work` and returns the message it would have sent to the address, or null; the outbox never sees it.
export const capture = async (address, work) => {
  let caught = null
  captures.set(address.toLowerCase(), message => { caught = message })
  try {
    await work()
  } finally {
    captures.delete(address.toLowerCase())
  }
  return caught
}

const newestFirst = async () =>
  (await fs.readdir(settings.outboxFolder)).filter(name => /^[^.].*\.json$/.test(name)).sort().reverse()

export const prune = async () => {
  for (const name of (await newestFirst()).slice(KEPT)) await fs.rm(path.join(settings.outboxFolder, name))
}

const read = name => fs.readFile(path.join(settings.outboxFolder, name), 'utf8').then(JSON.parse).catch(() => null)
const escape = text => String(text ?? '').replace(/[&<>"]/g, sign => `&#${sign.charCodeAt(0)};`)

const page = messages => `<!doctype html><meta charset="utf-8"><title>Mail</title>
<style>body{font:15px system-ui;max-width:46rem;margin:2rem auto;padding:0 1rem}pre{white-space:pre-wrap}</style>
<h1>Mail sent on this machine</h1>
${messages.map(m => `<hr><p><b>${escape(m.subject)}</b><br>to ${escape(m.to)}, ${escape(m.at)}</p>
<pre>${escape(m.text)}</pre>`).join('\n') || '<p>None yet.</p>'}`

// The last messages, as a page for a browser and as JSON for everybody else. Nobody beyond this machine may ask:
// a forwarded request, or one under a name that is not ours (DNS rebinding), is refused.
export const show = async request => {
  const local = /^(localhost|127\.0\.0\.1)(:\d+)?$/.test(request.headers.get('host') || '')
  if (!local || [...request.headers.keys()].some(name => FORWARDING.test(name))) {
    return Response.json({ message: 'Only on this machine' }, { status: 403 })
  }
  const messages = (await Promise.all((await newestFirst()).slice(0, SHOWN).map(read))).filter(Boolean)
  if (!(request.headers.get('accept') || '').includes('text/html')) return Response.json(messages.reverse())
  return new Response(page(messages), { headers: { 'content-type': 'text/html; charset=utf-8' } })
}
