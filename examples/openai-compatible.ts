/**
 * An eval of any endpoint that speaks OpenAI's chat completions: vLLM, Ollama, a gateway.
 *
 *     BASE_URL=http://localhost:11434/v1 MODEL=llama3.2 API_KEY=none node examples/openai-compatible.ts
 *
 * The key is asked for through hooks (`overrideApiKey`), also when it was refused, so it may be renewed while the eval runs.
 */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { evaluate, generate, Hooks, hooks, match, task } from 'evalspan'
import { startModelServer } from './lib/model-server.ts'

// Without an endpoint of one's own, one in this process answers.
const server = process.env['BASE_URL'] === undefined ? await startModelServer() : undefined
const baseURL = process.env['BASE_URL'] ?? server!.url

/** A key that is the address of a secret is exchanged for the secret. */
class Secrets extends Hooks {
  override async overrideApiKey({ value }: { value: string }): Promise<string | undefined> {
    return value.startsWith('arn:') ? await secretOf(value) : undefined
  }
}

/** In earnest the call of a secret manager's client. */
async function secretOf(arn: string): Promise<string> {
  return `key-from-${arn.split(':').at(-1)}`
}
hooks('secrets', 'Fetches keys that are named by an ARN')(Secrets)
process.env['API_KEY'] ??= 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:vault'

const capitals = task({
  name: 'capitals',
  dataset: [{ input: 'Name the capital of France, in one word.', target: 'Paris' }],
  solver: generate(),
  scorer: match({ location: 'any' }),
})

const [log] = await evaluate(capitals, {
  model: {
    apiKey: 'API_KEY',
    create: (apiKey) => createOpenAICompatible({ name: 'local', baseURL, apiKey })(process.env['MODEL'] ?? 'small'),
  },
  logDir: process.env['LOG_DIR'],
})
console.log(`${log?.eval.model}: ${log?.status}, accuracy ${log?.results?.scores[0]?.metrics['accuracy']?.value}`)
await server?.close()
