import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'playwright/test'
import { redact } from '../../../server/core/redact.ts'
import { Random } from '../../support/random.ts'

/** By what they are: none of it may change by a byte. */
const HARMLESS: Readonly<Record<string, readonly string[]>> = {
  prose: [
    'Used 1200 tokens: 900 cached, 300 new. The token limit is 200000.',
    'Do you want to run this command? The password field is required.',
    'Password: must have 8 characters or more',
    'Bearer tokens are sent in the Authorization header, see the secret section.',
    'The API key is missing. Set API_KEY first, then the secret is found by itself.',
    'Cookie: a small file. A secretary keeps the keys: monkey, turkey, keyboard.',
    'the key is that basic things work, and tokenization: done',
    'Write to me@example.org or see https://example.org/a/b?page=2&sort=name#top.',
    'Das Passwort ist falsch. Le mot de passe est obligatoire.',
  ],
  code: [
    'const token = readToken(request.headers.authorization)',
    'export interface Login { token: string; password: string | undefined; apiKey?: string }',
    '  password: z.string().min(8),\n  token: ticket.token,\n  secret: makeSecret(),',
    'def login(user, password=None, token=get_token(), secret_key=settings.SECRET_KEY):',
    'if (password === other) throw new Error("Password is wrong")',
    "const LABELS = { password: 'Password', token: 'Token', secret: 'Secret' }",
    'TOKEN_BUDGET = 4096; max_tokens=1024, api_key=os.environ["API_KEY"]',
    'let secret = crypto.randomBytes(32).toString("hex")',
    '<input type="password" name="password" placeholder="Password" autocomplete="new-password">',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a program
    "headers: { Authorization: `Bearer ${token}`, 'x-api-key': process.env.API_KEY }",
    'curl -H "Authorization: Bearer $TOKEN" -u "$USER:$PASS" https://$USER:$PASS@host/x',
    '{ token: "keyword.control", foreground: "#ff0000" }',
    'private readonly tokens: Map<string, Token>\nprotected apiKey: ApiKey',
    'npm test -- --grep "password reset" --token-file ./token.txt',
    'docker login --password-stdin registry.example && export PWD=/home/me/work',
    'apiVersion: v1\nkind: Secret\nmetadata:\n  name: my-app-tls-2\n  secretName: web-tls\n',
    '    secretKeyRef:\n      name: db-credentials\n      key: password\n',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of a workflow
    'env:\n  GITHUB_TOKEN: ${{ secrets.GITHUB_TOKEN }}\n  API_KEY: <your-key>\n',
    'primary_key=id, foreign_key: user_id, cache_key = "node-modules-linux"',
    '#define TOKEN_SECRET TOKEN_OTHER',
    'class Foo:\n    access_key: str\n    secret_key: bytes = b""\n',
  ],
  logs: [
    '2026-11-21T10:11:12.345Z INFO request id=123e4567-e89b-42d3-a456-426614174000 took=12ms',
    'listening on http://127.0.0.1:4477 and http://[::1]:4477, proxy http://host:8080/a@b',
    '10:11:12 [worker-3] token expired, refresh token: missing, secret: none, password: ******',
    'GET /api/items?page=3&limit=50&sort=created_at&code=404 200 12ms - key=name',
    'sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 pulled',
    'at Object.<anonymous> (/home/me/app/node_modules/@scope/pkg-name/dist/index.js:12:34)',
    'added 214 packages, integrity sha512-6c8v3n1Ht2aO0b8hJ6y8m1QvV4mQ6m7w8fQ0pPzq3b1w9c2d4e6f==',
  ],
  git: [
    'commit 4040b90e2b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e\nAuthor: A B <a@example.org>',
    'index 83db48f..bf2a1c9 100644\n--- a/src/token.ts\n+++ b/src/token.ts\n@@ -1,4 +1,5 @@',
    '-  const password = prompt()\n+  const password = await prompt("Password: ")',
    'remote: Resolving deltas: 100% (12/12) To github.com:me/secret-token-app.git',
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@host\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI me',
  ],
  styles: [
    '.sk-circle{animation:sk-circleFadeDelay 1.2s infinite}.token.keyword{color:#07a}',
    'background:url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk)',
    'font:12px/1.5 "SF Mono";--token-color:#aabbcc;--key-width:44px',
  ],
  minified: [
    '!function(e,t){"object"==typeof exports?t(exports):t(e.a={})}(this,function(e){var t=e.token||"",n=t.key;return{token:t,secret:n,password:void 0}})',
    'e.exports={token:t,password:r.password,key:"a",apiKey:n.apiKey,secret:!0,auth:i}',
    'function s(e){return e.token===t?e.secret:a(e.password,e.apiKey)}',
  ],
  screens: [
    '╭──────────────────────────────────╮\n│ ✻ Welcome to Claude Code!        │\n╰──────────────────────────────────╯',
    '⏺ Bash(npm test -- --grep "password reset")\n  ⎿  12 passed\n✳ Thinking… (12s · ↑ 1.2k tokens · esc to interrupt)',
    '> token: true, API_KEY=$OTHER, sk-1, ghp_short, AKIA, eyJ, hf_model_name',
    'Context left until auto-compact: 12%   tokens: 12,345/200,000   key: ctrl+k',
  ],
}

for (const [name, texts] of Object.entries(HARMLESS)) {
  test(`leaves ${name} alone`, () => {
    for (const text of texts) expect(redact(text)).toBe(text)
    const all = texts.join('\n')
    expect(redact(all)).toBe(all)
    const line = JSON.stringify({ type: 'tool', output: all })
    expect(redact(line)).toBe(line)
  })
}

test('leaves base64, hashes and identifiers alone', () => {
  const random = new Random(10)
  const run = (count: number, alphabet: string) =>
    Array.from({ length: count }, () => random.pick([...alphabet])).join('')
  const hex = '0123456789abcdef'
  const base64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
  for (let round = 0; round < 60; round++) {
    const [hash, image] = [run(40, hex), run(760, base64).replace(/(.{76})/g, '$1\n')]
    for (const text of [
      hash,
      `sha512-${run(86, base64)}==`,
      `commit ${hash} (HEAD -> main)`,
      `data:image/png;base64,iVBOR${image.replaceAll('\n', '')}`,
      `-----BEGIN CERTIFICATE-----\n${image}-----END CERTIFICATE-----`,
      `${run(8, hex)}-${run(4, hex)}-${run(4, hex)}-${run(4, hex)}-${run(12, hex)}`,
      `toolu_${run(24, 'abcdefghijkmnopqrstuvwxyzABCDEFGH0123456789')} msg_${run(24, hex)}`,
    ]) {
      expect(redact(text)).toBe(text)
    }
  }
})

test('leaves the whole source of this program and the recorded screens alone', () => {
  const root = join(import.meta.dirname, '../../..')
  for (const folder of ['server', 'web', 'db', 'tests/fixtures']) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !/\.(?:tsx?|css|mjs|sql|html|txt|jsonl?|sh)$/.test(entry.name))
        continue
      const path = join(entry.parentPath, entry.name)
      const text = readFileSync(path, 'utf8')
      // A dialog that quotes a key, as the agent itself shortens it.
      if (text.includes('API_KEY: sk-ant-...')) continue
      expect(redact(text) === text, path).toBe(true)
    }
  }
})
