// What the supervisor tells the gateway, read once from the environment.

const required = name => {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set`)
  return value
}

export const settings = Object.freeze({
  port: Number(required('GATEWAY_PORT')),
  databaseUrl: required('DATABASE_URL'),
  jwtSecret: required('JWT_SECRET'),
  publishableKey: required('PUBLISHABLE_KEY'),
  secretKey: required('SECRET_KEY'),
  bootstrapSql: required('BOOTSTRAP_SQL'),
  storageFolder: required('STORAGE_FOLDER'),
  outboxFolder: required('OUTBOX_FOLDER'),
  realtime: new URL(required('REALTIME_URL')),
  functions: new URL(required('FUNCTIONS_URL')),
  siteUrl: process.env.SITE_URL || 'http://localhost:3000',
  otpIntervalS: Number(process.env.MPAX_OTP_INTERVAL_S || 60),
  triesPerAddress: Number(process.env.MPAX_AUTH_TRIES_PER_ADDRESS || 10),
  triesPerClient: Number(process.env.MPAX_AUTH_TRIES_PER_CLIENT || 60),
  triesPerCode: Number(process.env.MPAX_AUTH_TRIES_PER_CODE || 5),
  triesWindowS: Number(process.env.MPAX_AUTH_TRIES_WINDOW_S || 600),
  jwtExpiryS: Number(process.env.JWT_EXPIRY_S || 3600),
  confirmEmail: process.env.CONFIRM_EMAIL === '1',
  allowSignup: process.env.ALLOW_SIGNUP === '1',
  functionsWithoutJwt: new Set((process.env.FUNCTIONS_WITHOUT_JWT || '').split(',').filter(Boolean)),
})

export const ownUrl = `http://127.0.0.1:${settings.port}`
