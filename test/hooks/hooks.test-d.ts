/** What the types of hooks promise; checked by tsc alone. */
import { expectTypeOf } from 'vitest'
import { Emitter } from '../../src/hooks/emitter.ts'
import type { BeforeModelGenerate, SampleEnd } from '../../src/hooks/events.ts'
import {
  Hooks,
  type EventMeta,
  type HookData,
  type HookEvent,
  type HookName,
  type WireName,
} from '../../src/hooks/hooks.ts'
import { hooks } from '../../src/hooks/register.ts'
import { live, sampleEnd } from './events.ts'

export class Mistaken extends Hooks {
  // @ts-expect-error: the hook is called onSampleEnd
  override onSampleEnded(): void {}
  // @ts-expect-error: without override a slip in the name would go unseen
  onRunEnd(): void {}
  // @ts-expect-error: the data is that of another event
  override onRunStart(_data: SampleEnd): void {}
  // @ts-expect-error: enabled() has to answer at once
  override async enabled(): Promise<boolean> {
    return true
  }
  // @ts-expect-error: a key is text
  override async overrideApiKey(): Promise<number> {
    return 1
  }
}

export class Correct extends Hooks {
  static override replay = true
  override enabled(): boolean {
    return false
  }
  override async onSampleEnd(data: SampleEnd, meta: EventMeta): Promise<void> {
    // @ts-expect-error: data is read-only
    data.sample_id = ''
    // @ts-expect-error: deeply
    data.sample.messages.push({ role: 'user', content: '' })
    // @ts-expect-error: deeply
    data.sample.scores = {}
    // @ts-expect-error: and so is meta
    meta.replay = true
  }
  override onBeforeModelGenerate(data: BeforeModelGenerate): void {
    data.input = [...data.input, { role: 'user', content: '' }]
    data.input.push({ role: 'user', content: '' })
    data.tools = []
    data.tools.pop()
    data.config = { temperature: 0 }
    data.config['seed'] = 1
    // @ts-expect-error: the rest of the call is not a hook's to change
    data.model_name = ''
    // @ts-expect-error: the rest of the call is not a hook's to change
    data.tool_choice = 'none'
  }
  override overrideApiKey(): string | null {
    return null
  }
}

export class Asking extends Hooks {
  override async overrideApiKey(): Promise<string | undefined> {
    return undefined
  }
}

class NeedsUrl extends Hooks {
  readonly url: string
  constructor(url: string) {
    super()
    this.url = url
  }
}

const register = hooks('name', 'description')
expectTypeOf(register(Correct)).toEqualTypeOf<typeof Correct>()
register(() => Correct)
register(async () => Correct)
// @ts-expect-error: not a class of hooks
register(Date)
// @ts-expect-error: an instance is no class
register(new Correct())
// @ts-expect-error: nobody could give the argument
register(NeedsUrl)
// @ts-expect-error: a module is no class
register(() => import('./events.ts'))

expectTypeOf<HookName>().exclude<`on${string}`>().toBeNever()
expectTypeOf<HookData<'onSampleEnd'>>().toEqualTypeOf<SampleEnd>()
expectTypeOf<Extract<WireName, 'on_sample_end' | 'on_before_model_generate' | 'on_eval_set_start'>>().toEqualTypeOf<
  'on_sample_end' | 'on_before_model_generate' | 'on_eval_set_start'
>()
expectTypeOf<Extract<HookEvent, { hook: 'onSampleEnd' }>['data']>().toEqualTypeOf<SampleEnd>()

export async function emitting(emitter: Emitter): Promise<void> {
  await emitter.emit('onSampleEnd', sampleEnd(), live)
  // @ts-expect-error: the data of another event
  await emitter.emit('onRunStart', sampleEnd(), live)
  // @ts-expect-error: no event
  await emitter.emit('enabled', {}, live)
}
