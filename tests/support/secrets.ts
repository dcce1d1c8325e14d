import { Random } from './random.ts'

/** A secret that nobody gave out, and a text that it stands in. */
export interface Planted {
  /** What the mark names. */
  kind: string
  secret: string
  text: string
}

const HEX = '0123456789abcdef'
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const ALPHABETS: Readonly<Record<string, string>> = {
  a: `${LETTERS}0123456789`,
  u: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567',
  l: 'abcdefghijklmnopqrstuvwxyz0123456789',
  x: HEX,
  d: '0123456789',
  w: `${LETTERS}0123456789-_`,
  b: `${LETTERS}0123456789+/`,
}

/**
 * As the makers document them: `{36a}` is a run of 36 letters and digits, `{32x}` of hexadecimal
 * digits and so on. `«»` encloses the secret. In parts, so that no tool takes this file for a leak.
 */
const SHAPES: readonly [kind: string, ...shapes: string[]][] = [
  [
    'ai-key',
    'ANTHROPIC «sk-ant-|api03-{93w}AA» set',
    'oauth «sk-ant-|oat01-{93w}AA»',
    '«sk-|{20a}T3BlbkFJ{20a}»',
    '«sk-|proj-{74w}T3BlbkFJ{74w}»',
    '«sk-|svcacct-{60w}»',
    '«sk-|or-v1-{64x}»',
    'deepseek: «sk-|{32x}»',
    'hub «hf_|{34a}» ok',
    '«gsk_|{52a}»',
    '«r8_|{37a}»',
    '«AIza|Sy{33w}»',
    'pplx «pplx-|{48a}»',
    '«xai-|{80a}»',
    '«nvapi-|{64w}»',
  ],
  [
    'code-host',
    'remote: «ghp_|{36a}»',
    '«gho_|{36a}»',
    '«ghs_|{36a}»',
    '«github_pat_|{22a}_{59a}»',
    '«glpat-|{20w}»',
    '«glrt-|{20w}»',
    '«glcbt-|64_{20w}»',
    '«ATATT3|xFfGF0{180w}={8x}»',
    '«ATBB|{32a}»',
  ],
  [
    'registry',
    '//registry.example/: «npm_|{36a}»',
    '«pypi-|AgEIcHlwaS5vcmc{70w}»',
    '«rubygems_|{48x}»',
    '«dckr_pat_|{27w}»',
    '«cio|{32a}» end',
    '«oy2|{43l}»',
  ],
  [
    'cloud-key',
    'id «AKIA|{16u}».',
    'id «ASIA|{16u}»',
    '«ya29.|{120w}»',
    '«GOCSPX-|{28w}»',
    'az «{3a}8Q~|{34w}»',
    '«dop_v1_|{64x}»',
    '«dapi|{32x}»',
    '«dp.pt.|{43a}»',
    '«hvs.|{90w}»',
    '«{14a}.atlasv1.|{64w}»',
    '«pscale_tkn_|{43w}»',
    '«sbp_|{40x}»',
    '«sb_secret_|{31w}»',
    '«pul-|{40x}»',
    '«LTAI|{20a}»',
  ],
  [
    'chat',
    '«xoxb-|{12d}-{13d}-{24a}»',
    '«xoxp-|{12d}-{12d}-{12d}-{32x}»',
    '«xapp-|1-A{10u}-{13d}-{64x}»',
    'bot «{9d}:AA|{33w}»',
  ],
  [
    'payment',
    '«sk_live_|{99a}»',
    '«rk_live_|{24a}»',
    '«sk_test_|{24a}»',
    '«whsec_|{32a}»',
    '«sq0atp-|{22w}»',
    '«shpat_|{32x}»',
  ],
  [
    'mail',
    '«SG.|{22w}.{43w}»',
    '«key-|{32x}»',
    '«{32x}-us|12»',
    '«xkeysib-|{64x}-{16a}»',
    'sid «SK|{32x}»',
  ],
  [
    'service',
    '«tskey-|auth-k{10a}CNTRL-{32a}»',
    '«glsa_|{32a}_{8x}»',
    '«sntrys_|{120b}»',
    '«NRAK-|{27u}»',
    '«PMAK-|{24x}-{34x}»',
    '«lin_api_|{40a}»',
    '«ntn_|{46a}»',
    '«figd_|{40w}»',
    '«AGE-SECRET-KEY-1|{58u}»',
  ],
  ['jwt', '«eyJ|hbGciOiJIUzI1NiJ9.eyJ{60w}.{43w}»', 'cut «eyJ|0eXAiOiJKV1QiLCJhb{20w}»'],
  ['webhook', 'https://hooks.slack.com/services/«T{8u}/|B{8u}/{24a}»'],
  [
    'authorization',
    'Authorization: Bearer «{40a}»',
    'curl -H "Authorization: Basic «{24a}==»" x',
    '{"authorization": "token «{24a}»"}',
    "headers: { Authorization: 'Bearer «{43w}»' }",
    'got bearer «{43w}» here',
    'authorization: «{40a}»',
  ],
  [
    'cookie',
    'Cookie: «sid={24a}; theme=dark»',
    'set-cookie: «connect.sid=s%3A{32a}; Path=/; HttpOnly»',
    '"cookie": "«session={40a}»"',
  ],
  [
    'header',
    'x-api-key: «{32a}7»',
    'X-CSRF-Token: «{40w}7»',
    'X-Hub-Signature-256: «sha256={64x}»',
    'Stripe-Signature: «t=1700000000,v1={64x}»',
    'PRIVATE-TOKEN: «{20w}7»',
    'X-Amz-Security-Token: «{120b}7»',
  ],
  [
    'url-password',
    'git clone https://me:«{12a}»@host.example/x.git',
    'DATABASE_URL=postgres://app:«{16a}»@db:5432/app',
    'redis://:«{20a}»@cache:6379/0',
    'mongodb+srv://u:«p{8a}!»@c.example/?w=1',
  ],
  ['url-login', 'https://«{40x}»@host.example/x.git'],
  [
    'url-query',
    'GET /cb?access_token=«{30a}1»&x=1',
    'https://x.example/?api_key=«{20a}1»',
    'https://b.example/o?X-Amz-Signature=«{64x}»',
    'https://blob.example/c?sv=2024&sig=«{40a}1%3D»',
    'http://localhost:4477/#k=«{42w}7»',
  ],
  ['connection', 'AccountName=a;AccountKey=«{86b}==»;EndpointSuffix=x'],
  [
    'password',
    'DB_PASSWORD=«hunter2» npm start',
    "export PGPASSWORD='«p w {6a}»'",
    '{"password": "«correct horse»"}',
    '{\\"password\\":\\"«{9a}»\\"}',
    '  password: «hunter{2d}»',
    'const password = "«letmein»"',
    'Server=db;User Id=sa;Password=«abcDef»;Encrypt=true',
    'host=db user=app password=«secretive» dbname=x',
    'login --password «hunter{2d}»',
    'curl -u admin:«hunter{2d}» http://x',
    'sshpass -p «hunter{2d}» ssh x',
    'MYSQL_ROOT_PASSWORD: «example{2d}»',
    'Passwort: «geheim{2d}»',
    'passphrase: "«top secret»"',
  ],
  [
    'secret',
    '{"clientSecret": "«very hidden»"}',
    'CLIENT_SECRET=«{9a}»',
    'client_secret = "«{32a}7»"',
    'JWT_SECRET="«{40b}7»"',
    'name: APP_TOKEN\n  value: "«{20a}»"',
  ],
  ['secret', 'aws_secret_key: «{39b}7»', 'SECRET_KEY_BASE=«{64x}»'],
  ['access-key', 'aws_secret_access_key = «{39b}7»', 'accessKey: "«{20u}7»"'],
  ['api-key', 'api_key: "«{32x}a1»"', 'OPENAI_API_KEY=«{30a}»', 'the API key is «{32x}a1b»'],
  [
    'token',
    'token=«{24a}7»',
    'the token is «{30a}7»',
    'GITHUB_TOKEN: «{9a}»',
    '"refreshToken":"«{40w}»"',
    '_authToken=«{36a}7»',
    '--token «{20a}7»',
  ],
  ['ticket', 'dogwatch.v1, ticket.«{43w}»', '{"ticket":"«{42w}7»"}'],
]

/** One secret of every shape that is known, the same for the same seed. */
export function plantSecrets(seed: number): Planted[] {
  const random = new Random(seed)
  const run = (count: number, alphabet = '') =>
    Array.from({ length: count }, () => random.pick([...alphabet])).join('')
  return SHAPES.flatMap(([kind, ...shapes]) =>
    shapes.map((shape) => {
      const filled = shape
        .replaceAll('|', '')
        .replace(/\{(\d+)([a-z])\}/g, (_all, count: string, name: string) =>
          run(Number(count), ALPHABETS[name]),
        )
      const secret = filled.slice(filled.indexOf('«') + 1, filled.indexOf('»'))
      return { kind, secret, text: filled.replace(/[«»]/g, '') }
    }),
  )
}
