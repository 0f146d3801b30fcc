/** Inspect's providers by the names OpenTelemetry gives them; others keep their own. */
const providers: ReadonlyMap<string, string> = new Map([
  ['anthropic/bedrock', 'aws.bedrock'],
  ['anthropic/vertex', 'gcp.vertex_ai'],
  ['azureai', 'azure.ai.inference'],
  ['bedrock', 'aws.bedrock'],
  ['google', 'gcp.gemini'],
  ['google/vertex', 'gcp.vertex_ai'],
  ['grok', 'x_ai'],
  ['mistral', 'mistral_ai'],
  ['openai/azure', 'azure.ai.openai'],
  ['vertex', 'gcp.vertex_ai'],
])

/** Providers whose models run in the process of the eval: their calls leave no client. */
const inProcess = new Set(['hf', 'mockllm', 'none'])

export interface ModelName {
  readonly provider: string
  /** As the provider knows it. */
  readonly model: string
  readonly remote: boolean
}

const known = new Map<string, ModelName>()

/** `openai/azure/gpt-4o` → provider `azure.ai.openai`, model `gpt-4o`. A name without a provider is its own. */
export function modelName(qualified: string): ModelName {
  let name = known.get(qualified)
  if (!name) {
    name = split(qualified)
    known.set(qualified, name)
  }
  return name
}

function split(qualified: string): ModelName {
  const [first = '', second, ...rest] = qualified.split('/')
  if (second === undefined) return { provider: '_OTHER', model: qualified, remote: true }
  // Any service with OpenAI's interface: the second part says whose.
  if (first === 'openai-api' && rest.length > 0) return { provider: second, model: rest.join('/'), remote: true }
  const service = rest.length > 0 ? providers.get(`${first}/${second}`) : undefined
  if (service) return { provider: service, model: rest.join('/'), remote: true }
  return { provider: providers.get(first) ?? first, model: [second, ...rest].join('/'), remote: !inProcess.has(first) }
}

/** True for a qualified name and the bare one that Inspect's retry hook gives of the same model. */
export function sameModel(qualified: string, bare: string): boolean {
  return qualified === bare || qualified.endsWith(`/${bare}`)
}
