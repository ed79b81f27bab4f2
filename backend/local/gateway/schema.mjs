// Prints the tables that auth and storage need, as SQL, and ends. Run once after the packages are installed.

import './environment.mjs'
import { getAuthSchemaSql, getStorageSchemaSql } from '@supabase/lite'

console.log(await getAuthSchemaSql('postgres'))
console.log(await getStorageSchemaSql('postgres'))
