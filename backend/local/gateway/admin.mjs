// The administration of users (/auth/v1/admin, /auth/v1/invite) that lite lacks. For holders of the secret key.

import { randomBytes, randomUUID } from 'node:crypto'
import bcrypt from 'bcryptjs'
import { inTransaction, sql } from './database.mjs'
import { prove } from './guesses.mjs'
import { capture } from './mail.mjs'
import { ownUrl, settings } from './settings.mjs'
import { roleOf } from './tokens.mjs'

const PAGE = 50
const refuse = (status, code, message) => Response.json({ code, error_code: code, message }, { status })
const notFound = () => refuse(404, 'user_not_found', 'User not found')
const iso = value => (value ? new Date(value).toISOString() : null)
const object = value => (typeof value === 'string' ? JSON.parse(value) : value || {})
const hash = password => (password ? bcrypt.hash(password, 10) : null)

const shape = (user, identities = []) => ({
  id: user.id,
  aud: user.aud,
  role: user.role,
  email: user.email,
  phone: user.phone || '',
  email_confirmed_at: iso(user.email_confirmed_at),
  confirmed_at: iso(user.confirmed_at),
  invited_at: iso(user.invited_at),
  last_sign_in_at: iso(user.last_sign_in_at),
  app_metadata: object(user.raw_app_meta_data),
  user_metadata: object(user.raw_user_meta_data),
  identities: identities.map(identity => ({
    id: identity.provider_id,
    identity_id: identity.id,
    user_id: identity.user_id,
    identity_data: object(identity.identity_data),
    provider: identity.provider,
    created_at: iso(identity.created_at),
    updated_at: iso(identity.updated_at),
    last_sign_in_at: iso(identity.last_sign_in_at),
  })),
  created_at: iso(user.created_at),
  updated_at: iso(user.updated_at),
  is_anonymous: user.is_anonymous,
})

const find = async id => {
  const [user] = await sql`select * from auth.users where id = ${id}`
  return user && shape(user, await sql`select * from auth.identities where user_id = ${id} order by created_at`)
}

const list = async url => {
  const size = Math.min(Number(url.searchParams.get('per_page')) || PAGE, 1000)
  const page = Math.max(Number(url.searchParams.get('page')) || 1, 1)
  const users = await sql`
    select * from auth.users order by created_at desc, id limit ${size} offset ${(page - 1) * size}`
  const [{ total }] = await sql`select count(*)::int as total from auth.users`
  return Response.json(
    { aud: 'authenticated', users: users.map(user => shape(user)) },
    { headers: { 'x-total-count': String(total) } },
  )
}

const insert = async ({ id, email, password, confirmed, invited, appMetadata, userMetadata }) => {
  const address = email.toLowerCase()
  const encrypted = await hash(password)
  const metadata = { provider: 'email', providers: ['email'], ...appMetadata }
  await inTransaction(async tx => {
    await tx`
      insert into auth.users
        (id, email, encrypted_password, email_confirmed_at, invited_at, raw_app_meta_data, raw_user_meta_data)
      values (${id}, ${address}, ${encrypted}, ${confirmed ? iso(Date.now()) : null},
              ${invited ? iso(Date.now()) : null}, ${tx.json(metadata)}, ${tx.json(userMetadata || {})})`
    await tx`
      insert into auth.identities (id, provider, provider_id, user_id, identity_data)
      values (${randomUUID()}, 'email', ${id}, ${id},
              ${tx.json({ sub: id, email: address, email_verified: Boolean(confirmed) })})`
  })
}

// An account that anybody may have made for this address, and whose maker has never shown to read its mail, goes with
// its password and its sessions: tokens of the same id would stay good. Invited people hold no password of their own.
const removeUnproven = address => sql`
  delete from auth.users where email = ${address.toLowerCase()} and invited_at is null and not exists (
    select from auth.identities i where i.user_id = users.id and (
      case when jsonb_typeof(i.identity_data::jsonb) = 'string' then (i.identity_data::jsonb #>> '{}')::jsonb
      else i.identity_data::jsonb end ->> 'email_verified') = 'true')`

const create = async body => {
  if (!body.email) return refuse(422, 'validation_failed', 'An email address is required')
  await removeUnproven(body.email)
  const id = body.id || randomUUID()
  try {
    await insert({
      id,
      email: body.email,
      password: body.password,
      confirmed: body.email_confirm,
      appMetadata: body.app_metadata,
      userMetadata: body.user_metadata,
    })
  } catch (error) {
    if (error.code !== '23505') throw error
    return refuse(422, 'email_exists', 'A user with this email address has already been registered')
  }
  return Response.json(await find(id))
}

const update = async (id, body) => {
  const encrypted = await hash(body.password)
  const email = body.email?.toLowerCase() ?? null
  try {
    await inTransaction(async tx => {
      await tx`
        update auth.users set
          email = coalesce(${email}, email),
          encrypted_password = coalesce(${encrypted}, encrypted_password),
          email_confirmed_at = case when ${Boolean(body.email_confirm)}
            then coalesce(email_confirmed_at, now()) else email_confirmed_at end,
          raw_app_meta_data = raw_app_meta_data || ${tx.json(body.app_metadata || {})},
          raw_user_meta_data = raw_user_meta_data || ${tx.json(body.user_metadata || {})},
          updated_at = now()
        where id = ${id}`
      if (email) {
        await tx`
          update auth.identities set identity_data = identity_data || ${tx.json({ email })}, updated_at = now()
          where user_id = ${id} and provider = 'email'`
      }
    })
  } catch (error) {
    if (error.code !== '23505') throw error
    return refuse(422, 'email_exists', 'A user with this email address has already been registered')
  }
  if (body.email_confirm) await prove(id)
  const user = await find(id)
  return user ? Response.json(user) : notFound()
}

const remove = async id => {
  const gone = await sql`delete from auth.users where id = ${id} returning id`
  return gone.length ? Response.json({}) : notFound()
}

// lite's own mailing endpoints, called from within: `capture` keeps the message out of the outbox.
const post = (lite, path, body) => lite(new Request(`${ownUrl}/auth/v1${path}`, {
  method: 'POST',
  headers: { apikey: settings.publishableKey, 'content-type': 'application/json' },
  body: JSON.stringify(body),
}))

const invite = async (body, url, lite) => {
  const created = await create({ email: body.email, user_metadata: body.data })
  if (!created.ok) return created
  const user = await created.json()
  await sql`update auth.users set invited_at = now(), email_confirmed_at = now() where id = ${user.id}`
  const redirect = url.searchParams.get('redirect_to')
  await post(lite, `/otp${redirect ? `?redirect_to=${encodeURIComponent(redirect)}` : ''}`,
    { email: body.email, create_user: false })
  return Response.json(await find(user.id))
}

const LINKS = { magiclink: '/otp', invite: '/otp', signup: '/otp', recovery: '/recover' }

// What the mail would hold, for applications that send it themselves.
const generateLink = async (body, lite) => {
  const path = LINKS[body.type]
  if (!path || !body.email) return refuse(422, 'validation_failed', `Links of type ${body.type} are not made here`)
  const address = body.email.toLowerCase()
  if (body.type === 'invite' || body.type === 'signup') await removeUnproven(address)
  const [known] = await sql`select id from auth.users where email = ${address}`
  if (!known && body.type === 'recovery') return notFound()
  if (!known) {
    const created = await create({
      email: address,
      password: body.password || randomBytes(24).toString('hex'),
      email_confirm: true,
      user_metadata: body.data,
    })
    if (!created.ok) return created
  }
  const redirect = body.redirect_to ? `?redirect_to=${encodeURIComponent(body.redirect_to)}` : ''
  const mail = await capture(address, () => post(lite, path + redirect, { email: address, create_user: false }))
  const link = mail?.text.match(/https?:\/\/\S+\/verify\?\S+/)?.[0]
  if (!link) return refuse(500, 'unexpected_failure', 'No link was made')
  const query = new URL(link).searchParams
  const [{ id }] = await sql`select id from auth.users where email = ${address}`
  return Response.json({
    ...(await find(id)),
    action_link: link,
    email_otp: mail.text.match(/\b\d{6,10}\b/)?.[0] ?? '',
    hashed_token: query.get('token_hash') || query.get('token') || '',
    verification_type: body.type,
    redirect_to: query.get('redirect_to') || settings.siteUrl,
  })
}

export const handleAdmin = async (request, url, lite) => {
  if (roleOf(request.headers) !== 'service_role') return refuse(403, 'not_admin', 'The secret key is required')
  const path = url.pathname.replace('/auth/v1', '')
  const id = path.match(/^\/admin\/users\/([0-9a-f-]{36})$/i)?.[1]
  const body = async () => JSON.parse((await request.text()) || '{}')
  switch (`${request.method} ${id ? '/admin/users/:id' : path}`) {
    case 'GET /admin/users': return list(url)
    case 'POST /admin/users': return create(await body())
    case 'GET /admin/users/:id': return (await find(id).then(user => user && Response.json(user))) || notFound()
    case 'PUT /admin/users/:id': return update(id, await body())
    case 'DELETE /admin/users/:id': return remove(id)
    case 'POST /admin/generate_link': return generateLink(await body(), lite)
    case 'POST /invite': return invite(await body(), url, lite)
    default: return refuse(404, 'not_found', 'Not part of the embedded Supabase')
  }
}
