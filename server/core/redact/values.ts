/** Words that stand where a secret would, and are none: types, states and what documents say. */
const WORDS = new Set(
  `true false null none nil undefined nan yes no on off string number boolean bool bytes byte str int
  integer float object any unknown never void symbol buffer text char varchar uuid option optional
  required missing invalid expired valid empty enabled disabled redacted hidden masked changed unset
  set given wrong incorrect failed ok todo example default value values password passwords passwd
  passphrase secret secrets token tokens key keys apikey credentials credential user username name id
  file files path env prompt input output type field header bearer basic digest negotiate cookie is
  are was not must should may can and or of for in to the a an your from with please only if then
  async await new return const let var self this process config settings options`.split(/\s+/),
)

/** Signs of a stand-in: `$NAME`, `${{ x }}`, `<token>`, `%(x)s`, `***`, `xxxx`, `...`. */
const STAND_IN =
  /^(?:\$(?:[{(]|[A-Za-z_]\w*(?:$|[/:,;)]))|<|\{\{|%[({]|%[A-Za-z_]\w*%|\*{2,}|[•·…]|\.{3}|x{4,}|X{4,}|_{3,}|-{3,}|\[|(?:your|insert|example|placeholder|changeme|replace)(?:[-_ ]|$))/i
/** Paths, one or more folders and a name, as in `PWD=/home/me` and `token: ./token.ts`. */
const FILE_PATH =
  /^(?:~|\.{1,2})?\/(?:[\w.@-]{1,40}\/){0,20}[\w.@-]{0,40}$|^[\w@-]{1,40}(?:\/[\w.@-]{1,40}){1,20}\.\w{1,5}$/
/** What code says: a member, a call, an index, an operator, a literal of a template. */
const CODE =
  /^(?:[A-Za-z_$][\w$]{0,60}(?:\??\.[A-Za-z_$][\w$]{0,60}){1,8}[!;,)]*|[A-Za-z_$][\w$.?]{0,120}[([{|&=!].*|[=!&|?+<>({[/\\`].*)$/
const AMOUNT = /^[-+~]?\d{1,9}(?:[.,]\d{1,6})?[a-zA-Z%]{0,3}$/

/** What is no secret, whatever its label says. `label` is the word that named it. */
export function isHarmless(value: string, label: string): boolean {
  if (value === '' || value.includes('${') || STAND_IN.test(value) || FILE_PATH.test(value))
    return true
  const word = value.toLowerCase().replace(/[^a-z]+/g, '')
  if (word === '' && !/\d/.test(value)) return true
  const bare = /^[\w.!?-]*$/.test(value) && !/\d/.test(value)
  return bare && (WORDS.has(word) || word === label.toLowerCase().replace(/[^a-z]+/g, ''))
}

export function isAmount(value: string): boolean {
  return AMOUNT.test(value)
}

/** Unquoted text that a program's source would have there, rather than a value. */
export function isCode(value: string): boolean {
  return CODE.test(value) && !hasLongRun(value)
}

/** Words joined by dots or dashes, numbers among them: `my-app-tls-2`, `keyword.control`. */
export function isWordy(value: string): boolean {
  return value
    .split(/[-_.:/ ]+/)
    .every((part) =>
      /^(?:[A-Za-z]?[a-z]{0,20}(?:[A-Z][a-z]{1,20}){0,6}|[A-Z]{1,20}|v?\d{1,4})$/.test(part),
    )
}

/** A name of a type or a function in the usual writing: `Password`, `readToken`, `TOKEN_NAME`. */
export function isIdentifier(value: string): boolean {
  return /^(?:[A-Za-z][a-z]{2,24}(?:[A-Z][a-z]{2,24}){1,8}|[A-Z][a-z]{0,24}|[A-Z]{1,24}(?:_[A-Z]{1,24}){0,8}|[a-z]{1,24}(?:_[a-z]{1,24}){1,8})$/.test(
    value,
  )
}

/** Sixteen characters or more in which letters and digits are mixed as no language mixes them. */
export function looksRandom(value: string): boolean {
  if (value.length < 16 || /\s/.test(value)) return false
  if (isWordy(value)) return false
  return (/\d/.test(value) && /[A-Za-z]/.test(value)) || /^[A-Za-z+/]{24,}={0,2}$/.test(value)
}

/** A sentence about a secret, as forms and errors say it: `Password must have 8 characters`. */
export function isSentence(value: string): boolean {
  if (!/^[\w'’,()-]+(?: [\w'’,()/-]+)+[.!?:…]*$/.test(value)) return false
  return /^[A-Z]|[.!?:…]$/.test(value) || value.split(' ').length > 4
}

function hasLongRun(value: string): boolean {
  return (value.match(/[A-Za-z0-9]{20,}/g) ?? []).some((run) => !isWordy(run))
}
