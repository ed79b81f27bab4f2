// The one Postgres connection pool, with the repairs that @supabase/lite needs on a real Postgres.

import './environment.mjs'
import fs from 'node:fs/promises'
import { createPostgresConnection } from '@supabase/lite/postgres'
import { settings } from './settings.mjs'

export const connection = createPostgresConnection({
  url: settings.databaseUrl,
  postgresOptions: { max: 20, onnotice: () => {}, connection: { application_name: 'mpax-gateway' } },
})

// Told that row-level security is set up already, lite keeps its hands off: its own set-up GRANTs ALL ON ALL TABLES to
// anon in every schema that holds a table with policies, and so undoes every REVOKE.
connection.rlsState = 'active'

export const sql = connection.driver

// A unit of SQL of our own: everything in it commits together.
export const inTransaction = work => sql.begin(work)

// lite's start replaces auth.uid() and its sisters by versions that read one of the two claim settings only.
export const repairFunctions = async () => sql.unsafe(await fs.readFile(settings.bootstrapSql, 'utf8'))

// As PostgREST does: `notify pgrst, 'reload schema'` makes new tables known.
export const followSchemaChanges = async app => {
  const forget = async () => {
    await connection.clearSchemaCache()
    for (const part of ['schema', 'translator']) app[part]?.clear?.()
  }
  // The second function runs at each (re)connection: what was announced while we were away is not missed.
  await sql.listen('pgrst', forget, forget)
}
