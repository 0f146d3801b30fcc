import { reportToStderr, type Report } from '../../hooks/report.ts'
import type { ToolChoice, ToolInfo } from '../../inspect/records.ts'
import { baseUrlOf } from './base-url.ts'
import { callSettings, type CallSettings } from './call-settings.ts'
import { callFailure } from './failure.ts'
import { fromContent } from './from-content.ts'
import { hideKeys, withoutKeys } from './hide-keys.ts'
import type { CallOptions, GenerateResult, LanguageModel } from './language-model.ts'
import type { ModelApi, ModelRequest } from './model-api.ts'
import { outputOf } from './model-output.ts'
import { providerName } from './provider-key.ts'
import { refusal } from './refusal.ts'
import { stopReason } from './stop-reason.ts'
import { toPrompt } from './to-prompt.ts'
import { modelUsage } from './usage.ts'
import { CallWarnings } from './warnings.ts'

export interface AiSdkModelOptions {
  /** `openai`, where the model itself says something else. */
  readonly provider?: string | undefined
  /** Keys that no message of an error may repeat. */
  readonly keys?: readonly string[] | undefined
  readonly report?: Report | undefined
}

/** Calls a model of the AI SDK, of any provider, once a request: the runner retries by itself. */
export function aiSdkModel(model: LanguageModel, options: AiSdkModelOptions = {}): ModelApi {
  const { provider = providerName(model), keys = [], report = reportToStderr } = options
  const warnings = new CallWarnings(`${provider}/${model.modelId}`, (message) => report(hideKeys(message, keys)))
  const callable = model as { doGenerate(call: CallOptions): PromiseLike<GenerateResult> }
  return {
    provider,
    model: model.modelId,
    baseUrl: baseUrlOf(model),
    async generate(request) {
      const settings = callSettings(request.config, model)
      warnings.unused(settings.unused)
      const call = await callOptions(request, settings, model)
      const start = performance.now()
      let result: GenerateResult
      try {
        result = await callable.doGenerate(call)
      } catch (thrown) {
        const error = withoutKeys(thrown, keys)
        const refused = refusal(error, model.modelId)
        if (refused) return { ...refused, time: secondsSince(start) }
        throw error
      }
      const time = secondsSince(start)
      warnings.ofProvider(result.warnings ?? [])
      return outputOf({
        ...fromContent(result.content, request.tools),
        model: result.response?.modelId ?? model.modelId,
        stopReason: stopReason(result.finishReason),
        usage: modelUsage(result, model),
        time,
        responseId: result.response?.id,
      })
    },
    failure: (error) => callFailure(error, keys),
  }
}

async function callOptions(
  { input, tools, toolChoice, config, abortSignal, headers }: ModelRequest,
  settings: CallSettings,
  model: LanguageModel,
): Promise<CallOptions> {
  return {
    ...settings.options,
    prompt: await toPrompt(input, config['reasoning_history'], { model, abortSignal }),
    ...(tools.length > 0 ? { tools: tools.map(toFunctionTool), toolChoice: toToolChoice(toolChoice) } : {}),
    headers: { ...headers, ...settings.headers },
    abortSignal,
  }
}

function toFunctionTool({ name, description, parameters }: ToolInfo) {
  return { type: 'function', name, description, inputSchema: parameters } as const
}

function toToolChoice(choice: ToolChoice | undefined): NonNullable<CallOptions['toolChoice']> {
  if (typeof choice === 'object') return { type: 'tool', toolName: choice.name }
  return { type: choice === 'any' ? 'required' : (choice ?? 'auto') }
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000
}
