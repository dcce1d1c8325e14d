import { defineConfig } from 'drizzle-kit'

/** For `npm run db:generate`: makes the next migration from the difference to the schema. */
export default defineConfig({
  dialect: 'sqlite',
  schema: './db/schema.ts',
  out: './db/migrations',
})
