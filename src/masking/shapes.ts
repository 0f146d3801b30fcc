import { masked } from './marks.ts'

/** Begins a token, though the letter of an escape (`\n`, `\u003d`, `%3D`) stands before it. */
export const tokenBoundary: string = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbfv]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}))`
/** The same for what is looked at to the end of the word: each word is looked at once. */
const wordBoundary = tokenBoundary.replace('[A-Za-z0-9]', String.raw`[\w-]`)

/** By what follows the prefix: letters and digits, or also `-` and `_`. Lengths are less than the vendors', for what was cut. */
const shapes: readonly string[] = [
  // OpenAI, DeepSeek and others; Anthropic, OpenRouter, Langfuse, Helicone; Cerebras
  String.raw`sk-[A-Za-z0-9]{16}[\w-]*`,
  String.raw`sk-[A-Za-z]{2,10}-(?=[\w-]{0,60}[0-9A-Z])[\w-]{16,}`,
  String.raw`pk-lf-[\w-]{16,}`,
  String.raw`csk-[A-Za-z0-9]{16,}`,
  // Google: API key, OAuth access token, client secret
  String.raw`AIza[\w-]{20,}`,
  String.raw`ya29\.[\w.-]{16,}`,
  String.raw`GOCSPX-[\w-]{16,}`,
  // AWS access key ids
  String.raw`A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}(?![A-Za-z0-9])`,
  // GitHub, GitLab
  String.raw`gh[pousr]_[A-Za-z0-9]{16,}`,
  String.raw`github_pat_\w{16,}`,
  String.raw`gl(?:pat|dt|rt|rtr|cbt|ptt|ft|imt|agent|soat|ffct|oas)-[\w.-]{16,}`,
  // Slack
  String.raw`xox[a-z](?:\.xox[a-z])?-[\w-]{10,}`,
  String.raw`xapp-[\w-]{10,}`,
  // Hugging Face, Groq, Replicate, Perplexity, xAI, NVIDIA, Fireworks, Together, Tavily, Jina, E2B, Pinecone
  String.raw`(?:hf|api_org|gsk|r8|fw|e2b)_[A-Za-z0-9]{16,}`,
  String.raw`(?:jina|tgp_v1)_(?=[\w-]{0,40}[0-9A-Z])[\w-]{16,}`,
  String.raw`(?:pplx|xai)-[A-Za-z0-9]{16,}`,
  String.raw`(?:nvapi|tvly)-[\w-]{16,}`,
  String.raw`pcsk_\w{16,}`,
  // Databricks; npm, PyPI, Docker Hub
  String.raw`dapi[0-9a-f]{32}(?:-\d+)?`,
  String.raw`npm_[A-Za-z0-9]{20,}`,
  String.raw`pypi-[\w-]{32,}`,
  String.raw`dckr_pat_[\w-]{16,}`,
  // Stripe, SendGrid
  String.raw`(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}`,
  String.raw`whsec_[A-Za-z0-9+/=]{16,}`,
  String.raw`SG\.[\w-]{16,}\.[\w-]{16,}`,
  // LangSmith, W&B, Logfire
  String.raw`ls(?:v2_(?:pt|sk)|_)_\w{16,}`,
  String.raw`wandb_v\d+_[\w-]{16,}`,
  String.raw`pylf_v\d_\w{16,}`,
  // Grafana, Sentry, New Relic, HashiCorp Vault, DigitalOcean, Supabase
  String.raw`gl(?:sa|c)_[A-Za-z0-9][\w=+/]{15,}`,
  String.raw`sntry[su]_[\w+/=]{16,}`,
  String.raw`NRAK-[A-Z0-9]{16,}`,
  String.raw`hv[sb]\.[\w-]{16,}`,
  String.raw`do[opr]_v1_[0-9a-f]{32,}`,
  String.raw`sb(?:p|_secret)_[A-Za-z0-9][\w-]{15,}`,
]

const tokens = new RegExp(`${tokenBoundary}(?:${shapes.join('|')})`, 'g')
const jsonWebTokens = new RegExp(String.raw`${wordBoundary}eyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*){0,3}`, 'g')
/** The address stays, since it says whose hook it is. */
const webhooks =
  /((?:hooks\.slack\.com\\*\/(?:services|workflows|triggers)|discord(?:app)?\.com\\*\/api\\*\/webhooks)\\*\/)(?:[\w-]|\\*\/)+/g
const privateKeyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const privateKeyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
/** A key that was cut off: Base64, with line breaks written out or as escapes. */
const privateKeyText = /(?:[A-Za-z0-9+/=\s]|\\+[nr])*/y

/** Masks keys and tokens that are known by what they look like. */
export function maskShapes(text: string): string {
  return maskPrivateKeys(text).replace(webhooks, `$1${masked}`).replace(jsonWebTokens, masked).replace(tokens, masked)
}

function maskPrivateKeys(text: string): string {
  let result = ''
  let done = 0
  let noMoreEnds = false
  privateKeyBegin.lastIndex = 0
  for (let begin = privateKeyBegin.exec(text); begin; begin = privateKeyBegin.exec(text)) {
    const from = privateKeyBegin.lastIndex
    privateKeyEnd.lastIndex = from
    const ending: RegExpExecArray | null = noMoreEnds ? null : privateKeyEnd.exec(text)
    noMoreEnds = !ending
    privateKeyText.lastIndex = from
    privateKeyText.exec(text)
    result += text.slice(done, begin.index) + masked
    done = ending ? privateKeyEnd.lastIndex : privateKeyText.lastIndex
    privateKeyBegin.lastIndex = done
  }
  return done === 0 ? text : result + text.slice(done)
}
