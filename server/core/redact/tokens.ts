import type { Cut } from './cut.ts'

/** `{8,}` without an end would let one run be read again and again: everything here is bounded. */
const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'

/**
 * Tokens that tell by their shape whose they are, as their makers document them. Each stands behind
 * a character that is no letter and no digit. What a shorter part already proves is not asked for:
 * a token that a terminal cut off is one too.
 */
const TOKENS: readonly [kind: string, shapes: readonly string[]][] = [
  // What a program shortened: the part that is left would be too short for its shape.
  [
    'cut',
    [
      '(?:sk-|gh[pousr]_|github_pat_|gl[a-z]{1,5}-|xox[a-z]-|xapp-|AKIA|AIza|npm_|hf_|pypi-|SG\\.|eyJ|[sr]k_live_|ya29\\.)[\\w.-]{1,80}(?=…)',
    ],
  ],
  [
    'ai-key',
    [
      // Anthropic, OpenAI, OpenRouter, DeepSeek, Langfuse: a word of a kind, or a long body.
      'sk-(?:ant|proj|svcacct|admin|or|lf|None)-[\\w-]{12,512}',
      'sk-(?=[A-Za-z]{0,40}\\d)[A-Za-z0-9]{18,512}',
      'hf_[A-Za-z0-9]{30,40}(?![A-Za-z0-9])',
      'api_org_[A-Za-z0-9]{30,64}',
      '(?:gsk|r8|jina|csk|fw|xai|pplx|fc)[_-](?=[A-Za-z]{0,40}\\d)[A-Za-z0-9]{20,255}',
      '(?:tgp_v1_|pcsk_|nvapi-|tvly-)(?=[A-Za-z_-]{0,40}\\d)[\\w-]{20,255}',
      'lsv2_(?:pt|sk)_\\w{20,128}',
      'AIza[\\w-]{30,64}',
      'sk_[0-9a-f]{40,64}',
      'ABSK[A-Za-z0-9+/]{40,255}={0,2}',
    ],
  ],
  [
    'code-host',
    [
      'gh[pousr]_[A-Za-z0-9]{16,255}(?:_[\\w.-]{1,2048})?',
      'ghs_\\d{1,20}_eyJ[\\w.-]{16,4096}',
      'github_pat_\\w{20,255}',
      'gl(?:pat|dt|rt|rtr|ptt|cbt|ft|soat|imt|agent|ffct|oas|ct)-[\\w.-]{16,512}',
      'GR1348941[\\w-]{16,64}',
      'ATATT3[\\w=-]{20,512}',
      'AT(?:CTT3|BB)[\\w=-]{20,512}',
      'BBDC-[A-Za-z0-9+/@_-]{30,64}',
    ],
  ],
  [
    'registry',
    [
      'npm_[A-Za-z0-9]{24,255}',
      'pypi-[\\w-]{32,512}',
      'rubygems_[0-9a-f]{32,64}',
      'dckr_(?:pat|oat)_[\\w-]{20,128}',
      'oy2[a-z0-9]{43}',
      'cio[A-Za-z0-9]{32}(?![A-Za-z0-9])',
      'AKCp[A-Za-z0-9]{60,80}',
      'cmVmdGtuO[A-Za-z0-9+/]{40,80}',
    ],
  ],
  [
    'cloud-key',
    [
      '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
      'ya29\\.[\\w-]{20,1024}',
      '1//0[\\w-]{30,255}',
      'GOCSPX-[\\w-]{20,64}',
      '[A-Za-z0-9_~.]{3}[0-9]Q~[\\w~.-]{31,40}',
      '[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}',
      'do[opr]_v1_[a-f0-9]{48,64}',
      'HRKU-[\\w-]{30,80}',
      'dapi[0-9a-f]{32}(?:-\\d)?',
      'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[\\w.-]{30,80}',
      'hv[sbr]\\.[\\w-]{20,512}',
      '[A-Za-z0-9]{14}\\.atlasv1\\.[\\w-]{40,80}',
      '(?:fm[12][a-z]?|fo1)_[\\w+/=,-]{32,2048}',
      'nfp_[\\w-]{32,64}',
      'vc[pkiar]_[A-Za-z0-9]{24,64}',
      'pscale_(?:tkn|pw|oauth)_[\\w=.-]{28,64}',
      'sb(?:p_[a-f0-9]{40}|_secret_[\\w-]{20,80})',
      'pul-[a-f0-9]{40}',
      'LTAI[A-Za-z0-9]{17,21}(?![A-Za-z0-9])',
      'cf(?:ut|at|k)_[A-Za-z0-9]{30,80}',
      'rnd_[A-Za-z0-9]{28,40}',
      'ops_eyJ[\\w-]{40,2048}',
    ],
  ],
  [
    'chat',
    [
      'xox[abcdeprs](?:\\.xox[a-z])?-[A-Za-z0-9%-]{10,512}',
      'xapp-[A-Za-z0-9-]{10,255}',
      '[0-9]{8,10}:A[A-Za-z0-9_-]{34}(?![\\w-])',
      '[MNO][A-Za-z0-9_-]{23,25}\\.[\\w-]{6}\\.[\\w-]{27,40}',
      'syt_[A-Za-z0-9+/=]{1,80}_[A-Za-z]{20}_\\w{6}',
    ],
  ],
  [
    'payment',
    [
      '(?:sk|rk|pk|ak)_(?:live|test|prod)_[A-Za-z0-9]{10,255}',
      'whsec_[A-Za-z0-9+/=]{16,128}',
      'sq0[a-z]{3}-[\\w-]{22,64}',
      'EAAA[A-Za-z0-9_-]{56,80}',
      'EAA[A-Za-z0-9]{60,400}',
      'shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32}',
      'access_token\\$(?:production|sandbox)\\$[a-z0-9]{10,20}\\$[a-f0-9]{32}',
      'FLW(?:PUB|SEC)K(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?',
    ],
  ],
  [
    'mail',
    [
      'SG\\.[\\w-]{16,32}\\.[\\w-]{32,64}',
      'key-[0-9a-f]{32}(?![0-9a-f])',
      '[0-9a-f]{32}-us[0-9]{1,2}(?![0-9])',
      'xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}',
      're_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{20,40}',
      'SK[0-9a-f]{32}(?![A-Za-z0-9])',
    ],
  ],
  [
    'service',
    [
      'tskey-(?:[a-z]{1,16}-)?[A-Za-z0-9]{6,64}(?:-[A-Za-z0-9]{8,128})?',
      'gl(?:sa|c)_[A-Za-z0-9+/=_-]{30,400}',
      'sntry[su]_[A-Za-z0-9+/=_-]{40,400}',
      'NR(?:AK|JS|II|BR)-[A-Za-z0-9]{19,64}',
      'dt0[a-z][0-9]{2}\\.[A-Z0-9]{24}\\.[A-Z0-9]{64}',
      'PMAK-[0-9a-f]{24}-[0-9a-f]{34}',
      'lin_(?:api|oauth)_[A-Za-z0-9]{32,64}',
      'ntn_[A-Za-z0-9]{40,64}',
      'secret_[A-Za-z0-9]{43}(?![A-Za-z0-9])',
      'pat[A-Za-z0-9]{14}\\.[a-f0-9]{64}',
      'fig[duo]_[\\w-]{36,64}',
      'ph[cx]_[A-Za-z0-9]{32,64}',
      'pat-(?:na|eu)[0-9]-[0-9a-f-]{32,40}',
      'CFPAT-[\\w-]{40,64}',
      'AGE-SECRET-KEY-1[0-9A-Z]{40,64}',
      `sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}`,
      `snyk_(?:uat|sat)\\.[\\w.-]{40,200}`,
      `A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}`,
      `duffel_(?:test|live)_[\\w=-]{43}`,
      `EZ[AT]K[A-Za-z0-9]{54}`,
      `amzn\\.mws\\.${UUID}`,
    ],
  ],
  [
    'jwt',
    [
      // Base64 of `{"alg":`, `{"typ":` and the like: the header alone tells, its tail may be cut off.
      'ey(?:JhbGciOi|J0eXAiOi|JraWQiOi|JlbmMiOi|Jjd[A-Za-z0-9]{2}|AiYWxn|AiYWxnIj)[\\w-]{8,4096}(?:\\.[\\w-]{0,8192}){0,4}',
      'eyJ[\\w-]{8,4096}\\.eyJ[\\w-]{2,8192}(?:\\.[\\w-]{0,8192})?',
    ],
  ],
]

const PLACES: readonly [kind: string, pattern: RegExp][] = [
  ['webhook', /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9/_-]{12,200})/g],
  ['webhook', /discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(\d{8,24}\/[\w-]{16,128})/g],
  ['webhook', /\.webhook\.office\.com\/webhookb2\/([\w@/-]{32,400})/g],
]

/**
 * One pattern of all shapes, so that a text is read once; the group that matched tells the kind. No
 * shape is tried inside of a word, so that no run of characters is read from each of its places.
 */
const ANY_TOKEN = new RegExp(
  `(?<![A-Za-z0-9])(?:${TOKENS.map(([, shapes]) => `(${shapes.join('|')})`).join('|')})`,
  'g',
)

/** Documents write a token so. */
const STAND_IN = /x{8}|X{8}|\.{3}/

/** Tokens of known shape. */
export function tokenCuts(text: string): Cut[] {
  const cuts: Cut[] = []
  for (const match of text.matchAll(ANY_TOKEN)) {
    if (STAND_IN.test(match[0])) continue
    const group = match.findIndex((part, at) => at > 0 && part !== undefined)
    const kind = TOKENS[group - 1]?.[0] ?? 'token'
    cuts.push({ start: match.index, end: match.index + match[0].length, kind })
  }
  for (const [kind, pattern] of PLACES) {
    for (const match of text.matchAll(pattern)) {
      const end = match.index + match[0].length
      cuts.push({ start: end - (match[1]?.length ?? 0), end, kind })
    }
  }
  return cuts
}
