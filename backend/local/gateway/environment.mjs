// Switches of @supabase/lite that must be set before it is imported. Import this module first.

process.env.EXPERIMENTAL_STORAGE = '1'
process.env.LITE_TELEMETRY = '0'
