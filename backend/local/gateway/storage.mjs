// Files of Storage on disk, and public files served without the detour through lite.
//
// A file is described by `<hash of bucket and key>.json`, which names the file with its content: no key can leave the
// folder, clash with another's folder or be too long for the file system, and an overwrite takes effect in one step.

import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import fs from 'node:fs/promises'
import path from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { sql } from './database.mjs'
import { roleOf } from './tokens.mjs'

const asStream = body => {
  if (body instanceof Uint8Array) return Readable.from([body])
  if (body instanceof Blob) return Readable.fromWeb(body.stream())
  return body instanceof ReadableStream ? Readable.fromWeb(body) : Readable.from(body)
}

export class FolderStorage {
  driver = fs

  constructor(folder) {
    this.folder = folder
  }

  description(bucket, key) {
    const name = createHash('sha256').update(`${bucket}\0${key}`).digest('hex')
    return path.join(this.folder, name.slice(0, 2), `${name}.json`)
  }

  // The file with the content, and what lite wants to know about it.
  async find(bucket, key) {
    const description = this.description(bucket, key)
    const about = JSON.parse(await fs.readFile(description, 'utf8'))
    const file = path.join(path.dirname(description), about.file)
    const stat = await fs.stat(file)
    const { eTag, mimetype, cacheControl } = about
    const size = stat.size
    return {
      file,
      metadata: { httpStatusCode: 200, eTag, mimetype, cacheControl, lastModified: stat.mtime, contentLength: size, size },
    }
  }

  async uploadObject(bucket, key, _version, body, mimetype, cacheControl) {
    const description = this.description(bucket, key)
    const folder = path.dirname(description)
    await fs.mkdir(folder, { recursive: true })
    const before = await this.find(bucket, key).catch(() => null)
    const file = path.join(folder, randomUUID())
    const md5 = createHash('md5')
    const measure = new Transform({ transform(chunk, _, done) { md5.update(chunk); done(null, chunk) } })
    try {
      await pipeline(asStream(body), measure, createWriteStream(file, { flush: true, mode: 0o600 }))
      const eTag = `"${md5.digest('hex')}"`
      await fs.writeFile(`${file}.json`, JSON.stringify({ bucket, key, file: path.basename(file), mimetype, cacheControl, eTag }))
      await fs.rename(`${file}.json`, description)
    } catch (error) {
      await Promise.all([file, `${file}.json`].map(name => fs.rm(name, { force: true })))
      throw error
    }
    if (before) await fs.rm(before.file, { force: true })
    return this.headObject(bucket, key)
  }

  async getObject(bucket, key) {
    const { file, metadata } = await this.find(bucket, key)
    return { metadata, body: Readable.toWeb(createReadStream(file)), httpStatusCode: 200 }
  }

  async headObject(bucket, key) {
    return (await this.find(bucket, key)).metadata
  }

  async copyObject(bucket, key, _version, toBucket, toKey) {
    const { file, metadata } = await this.find(bucket, key)
    return this.uploadObject(toBucket, toKey, undefined, createReadStream(file), metadata.mimetype, metadata.cacheControl)
  }

  async deleteObject(bucket, key) {
    const found = await this.find(bucket, key).catch(() => null)
    await fs.rm(this.description(bucket, key), { force: true })
    if (found) await fs.rm(found.file, { force: true })
  }

  async deleteObjects(bucket, keys) {
    for (const key of keys) await this.deleteObject(bucket, key)
  }

  async privateAssetUrl(bucket, key) {
    return `file://${(await this.find(bucket, key)).file}`
  }
}

const PUBLIC = '/storage/v1/object/public/'
const missing = () => Response.json(
  { statusCode: '404', error: 'not_found', message: 'Object not found' },
  { status: 400, headers: { 'access-control-allow-origin': '*' } },
)

const byteRange = (header, size) => {
  const [, first, last] = header?.match(/^bytes=(\d*)-(\d*)$/) ?? []
  if (first === undefined || (!first && !last)) return null
  const start = first ? Number(first) : Math.max(size - Number(last), 0)
  const end = first && last ? Math.min(Number(last), size - 1) : size - 1
  return { start, end, satisfiable: start <= end }
}

// A file of a public bucket: anybody may read it, caches may keep it as long as its uploader said.
export const servePublic = async (request, url, storage) => {
  let bucket, key
  try {
    [bucket, ...key] = url.pathname.slice(PUBLIC.length).split('/').map(decodeURIComponent)
  } catch {
    return missing()
  }
  key = key.join('/')
  const [known] = await sql`
    select from storage.objects o join storage.buckets b on b.id = o.bucket_id
    where b.id = ${bucket} and b.public and o.name = ${key}`
  const found = known && (await storage.find(bucket, key).catch(() => null))
  if (!found) return missing()
  const { file, metadata: about } = found
  const headers = new Headers({
    'content-type': about.mimetype,
    'cache-control': about.cacheControl,
    etag: about.eTag,
    'last-modified': about.lastModified.toUTCString(),
    'accept-ranges': 'bytes',
    'access-control-allow-origin': '*',
    'x-content-type-options': 'nosniff',
    'x-robots-tag': 'none',
  })
  if (url.searchParams.has('download')) {
    const name = url.searchParams.get('download') || key.split('/').at(-1)
    headers.set('content-disposition', `attachment; filename*=UTF-8''${encodeURIComponent(name)}`)
  }
  const seen = request.headers.get('if-none-match')
  if (seen && (seen === '*' || seen.includes(about.eTag))) return new Response(null, { status: 304, headers })

  const range = byteRange(request.headers.get('range'), about.size)
  if (range && !range.satisfiable) {
    headers.set('content-range', `bytes */${about.size}`)
    return new Response(null, { status: 416, headers })
  }
  const { start, end } = range ?? { start: 0, end: about.size - 1 }
  headers.set('content-length', String(end - start + 1))
  if (range) headers.set('content-range', `bytes ${start}-${end}/${about.size}`)
  const empty = request.method === 'HEAD' || about.size === 0
  const body = empty ? null : Readable.toWeb(createReadStream(file, { start, end }))
  return new Response(body, { status: range ? 206 : 200, headers })
}

// lite names the address of a signed link otherwise than the Python client reads it.
const renamed = item => {
  const relative = item.signedUrl?.replace('/storage/v1', '')
  return relative ? { ...item, signedURL: relative, url: relative } : item
}

export const isPublicFile = (request, url) =>
  url.pathname.startsWith(PUBLIC) && ['GET', 'HEAD'].includes(request.method)

// lite reads the file out of a form only where one is POSTed, and its lifetime in caches only from the header.
const unwrapped = async request => {
  if (!(request.headers.get('content-type') || '').startsWith('multipart/form-data')) return request
  const form = await request.formData()
  const file = [...form.values()].find(value => value instanceof File)
  if (!file) return new Request(request.url, { method: request.method, headers: request.headers, body: '' })
  const headers = new Headers(request.headers)
  headers.set('content-type', file.type || 'application/octet-stream')
  headers.set('content-length', String(file.size))
  if (form.get('cacheControl')) headers.set('cache-control', `max-age=${form.get('cacheControl')}`)
  if (form.get('metadata')) headers.set('x-metadata', Buffer.from(form.get('metadata')).toString('base64'))
  return new Request(request.url, { method: request.method, headers, body: file.stream(), duplex: 'half' })
}

// lite lists every file below the prefix under its whole key; clients expect one level, folders as entries without id.
const oneLevel = (items, prefix) => {
  const above = prefix ? `${prefix.replace(/\/+$/, '')}/` : ''
  const level = new Map()
  for (const item of items) {
    if (!item.name.startsWith(above)) continue
    const [name, ...below] = item.name.slice(above.length).split('/')
    const folder = { name, id: null, updated_at: null, created_at: null, last_accessed_at: null, metadata: null }
    if (!below.length) level.set(name, { ...item, name })
    else if (!level.has(name)) level.set(name, folder)
  }
  return [...level.values()]
}

const list = async (request, lite) => {
  const text = await request.text()
  const { method, headers } = request
  const response = await lite(new Request(request.url, { method, headers, body: text }))
  if (!response.ok) return response
  return respond(response, oneLevel(await response.json(), JSON.parse(text).prefix))
}

const respond = (response, body) => {
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(JSON.stringify(body), { status: response.status, headers })
}

const SIGNED = /^\/storage\/v1\/object\/(upload\/)?sign\//
const noKey = () => Response.json(
  { message: 'No API key found in request' },
  { status: 401, headers: { 'access-control-allow-origin': '*' } },
)

export const handleStorage = async (request, url, lite) => {
  const { method } = request
  const bySignature = SIGNED.test(url.pathname) && url.searchParams.has('token')
  if (method !== 'OPTIONS' && !bySignature && !roleOf(request.headers)) return noKey()
  if (method === 'POST' && url.pathname.startsWith('/storage/v1/object/list/')) return list(request, lite)
  const uploading = (method === 'POST' || method === 'PUT') && url.pathname.startsWith('/storage/v1/object/')
  const response = await lite(uploading ? await unwrapped(request) : request)
  if (method === 'POST' && SIGNED.test(url.pathname) && response.ok) {
    const answer = await response.json()
    return respond(response, Array.isArray(answer) ? answer.map(renamed) : renamed(answer))
  }
  const seen = request.headers.get('if-none-match')
  if (seen && response.ok && response.headers.get('etag') === seen) {
    await response.body?.cancel()
    return new Response(null, { status: 304, headers: response.headers })
  }
  return response
}
